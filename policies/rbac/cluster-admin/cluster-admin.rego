# METADATA
# title: Administrators
# description: |
#   A binding to cluster-admin, or one for everybody who is signed in, ends every other rule.
# custom:
#   severity: error
#   reference: KSV-0111, CIS Kubernetes Benchmark 5.1.1
#   values: rbac
#   manifest: roleRef, subjects
#   fix: bind a role that names what is needed to one account
package rbac.cluster_admin

deny contains finding if {
	some kind in ["RoleBinding", "ClusterRoleBinding"]
	some id in object.get(input.by_kind, kind, [])
	role := input.objects[id].roleRef.name
	role in {"cluster-admin", "admin", "edit", "system:masters"}
	finding := {"msg": sprintf("it binds the role %s", [role]), "object": id}
}

deny contains finding if {
	some kind in ["RoleBinding", "ClusterRoleBinding"]
	some id in object.get(input.by_kind, kind, [])
	some subject in input.objects[id].subjects
	subject.kind == "Group"
	subject.name in {"system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:masters"}
	finding := {"msg": sprintf("it binds the group %s", [subject.name]), "object": id}
}

# Whoever does not sign in is this user.
deny contains finding if {
	some kind in ["RoleBinding", "ClusterRoleBinding"]
	some id in object.get(input.by_kind, kind, [])
	some subject in input.objects[id].subjects
	subject.kind == "User"
	subject.name == "system:anonymous"
	finding := {"msg": "it binds whoever does not sign in (system:anonymous)", "object": id}
}
