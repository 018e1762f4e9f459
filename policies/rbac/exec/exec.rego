# METADATA
# title: Entering pods
# description: |
#   Exec, attach and debug containers are a shell in every pod: its secrets, its network, its rights.
# custom:
#   severity: error
#   reference: KSV-0053
#   values: rbac
#   manifest: rules
#   fix: take the resource out
package rbac.exec

deny contains finding if {
	some kind in ["Role", "ClusterRole"]
	some id in object.get(input.by_kind, kind, [])
	some rule in input.objects[id].rules
	some resource in _doors
	resource in rule.resources
	finding := {"msg": sprintf("a rule covers %s", [resource]), "object": id}
}

# A subresource of everything (`*/exec`) is one of pods too.
_doors := {
	"pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers", "pods/proxy", "nodes/proxy",
	"*/exec", "*/attach", "*/portforward", "*/ephemeralcontainers", "*/proxy",
}
