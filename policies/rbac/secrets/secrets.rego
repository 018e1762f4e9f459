# METADATA
# title: Reading secrets
# description: |
#   Whoever may list Secrets has every password of the namespace, or of the cluster.
# custom:
#   severity: error
#   reference: KSV-0041, CIS Kubernetes Benchmark 5.1.2
#   values: rbac
#   manifest: rules
#   fix: read the one Secret by `resourceNames`, or mount it
package rbac.secrets

deny contains finding if {
	some kind in ["Role", "ClusterRole"]
	some id in object.get(input.by_kind, kind, [])
	some rule in input.objects[id].rules
	"secrets" in rule.resources
	"" in rule.apiGroups
	verbs := [verb | some verb in ["get", "list", "watch", "*"]; verb in rule.verbs]
	count(verbs) > 0
	count(object.get(rule, "resourceNames", [])) == 0
	finding := {"msg": sprintf("a rule lets it %s Secrets", [concat(", ", verbs)]), "object": id}
}
