# METADATA
# title: Granting oneself more
# description: |
#   Whoever may bind, escalate, impersonate, or make tokens for accounts, has every right that somebody
#   has.
# custom:
#   severity: error
#   reference: KSV-0043, KSV-0049, KSV-0051
#   values: rbac
#   manifest: rules
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
