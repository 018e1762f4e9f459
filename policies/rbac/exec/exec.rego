# METADATA
# title: Entering pods
# description: |
#   Exec and attach are a shell in every pod: its secrets, its network, its rights.
# custom:
#   severity: error
#   reference: KSV-0053
#   values: rbac
#   manifest: rules
#   fix: take `pods/exec` and `pods/attach` out
package rbac.exec

deny contains finding if {
	some kind in ["Role", "ClusterRole"]
	some id in object.get(input.by_kind, kind, [])
	some rule in input.objects[id].rules
	some resource in ["pods/exec", "pods/attach", "pods/portforward", "nodes/proxy"]
	resource in rule.resources
	finding := {"msg": sprintf("a rule covers %s", [resource]), "object": id}
}
