# METADATA
# title: Everything to everybody
# description: |
#   A `*` in a role also covers what nobody has invented yet.
# custom:
#   severity: error
#   reference: KSV-0044 to KSV-0046, CIS Kubernetes Benchmark 5.1.3
#   values: rbac
#   manifest: rules
#   fix: name groups, resources and verbs
package rbac.wildcard

deny contains finding if {
	some kind in ["Role", "ClusterRole"]
	some id in object.get(input.by_kind, kind, [])
	some rule in input.objects[id].rules
	some field in ["apiGroups", "resources", "verbs", "nonResourceURLs"]
	"*" in rule[field]
	finding := {"msg": sprintf("a rule says * for %s", [field]), "object": id}
}
