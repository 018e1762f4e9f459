# METADATA
# title: Changing admission
# description: |
#   Whoever writes admission webhooks or policies sees and changes every object of the cluster, Secrets
#   included.
# custom:
#   severity: error
#   reference: KSV-0114
#   values: rbac
#   manifest: rules
#   fix: take the resource out; what manages its own webhook names it by `resourceNames`
package rbac.webhooks

deny contains finding if {
	some kind in ["Role", "ClusterRole"]
	some id in object.get(input.by_kind, kind, [])
	some rule in input.objects[id].rules
	some resource in _admission
	resource in rule.resources
	verbs := [verb | some verb in ["create", "update", "patch", "delete", "deletecollection"]; verb in rule.verbs]
	count(verbs) > 0
	count(object.get(rule, "resourceNames", [])) == 0
	finding := {"msg": sprintf("a rule lets it %s %s", [concat(", ", verbs), resource]), "object": id}
}

_admission := {
	"mutatingwebhookconfigurations", "validatingwebhookconfigurations",
	"mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
	"validatingadmissionpolicies", "validatingadmissionpolicybindings",
}
