# METADATA
# title: Granting oneself more
# description: |
#   Whoever may bind, escalate, impersonate, make tokens for accounts, or sign certificates, has every
#   right that somebody has.
# custom:
#   severity: error
#   reference: KSV-0043, KSV-0049, KSV-0051
#   values: rbac
#   manifest: rules
#   manifest_fix: take the verb out
#   fix: take the verb out; what manages roles goes into a waiver by name
package rbac.escalation

deny contains finding if {
	some kind in ["Role", "ClusterRole"]
	some id in object.get(input.by_kind, kind, [])
	some rule in input.objects[id].rules
	some verb in ["bind", "escalate", "impersonate"]
	verb in rule.verbs
	finding := {"msg": sprintf("a rule allows %s", [verb]), "object": id}
}

deny contains finding if {
	some kind in ["Role", "ClusterRole"]
	some id in object.get(input.by_kind, kind, [])
	some rule in input.objects[id].rules
	some power in _powers
	some resource in power.resources
	resource in rule.resources
	some verb in power.verbs
	verb in rule.verbs
	finding := {"msg": sprintf("a rule allows %s on %s", [verb, resource]), "object": id}
}

# A token of another account, and a certificate that names somebody else.
_powers := [
	{"resources": {"serviceaccounts/token", "*/token"}, "verbs": {"create", "*"}},
	{"resources": {"certificatesigningrequests/approval", "*/approval"}, "verbs": {"update", "patch", "*"}},
	{"resources": {"signers"}, "verbs": {"approve", "sign", "*"}},
]
