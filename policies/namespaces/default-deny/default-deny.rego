# METADATA
# title: Nothing allowed by itself
# description: |
#   A namespace without a policy that denies both ways lets every new pod talk to everything.
# custom:
#   severity: error
#   reference: 'NSA/CISA Kubernetes Hardening Guide: default deny; KSV-0038'
#   needs: fleet
#   fix: 'leave it to the generator: kubernetes/<environment>/namespaces holds the policy'
package namespaces.default_deny

deny contains finding if {
	some environment, facts in input.environments
	denied := _denied(environment)
	some name, namespace in facts.namespaces
	namespace.builtin == false
	not name in denied
	finding := {
		"msg": sprintf("namespace '%s' has no policy that denies everything both ways", [name]),
		"object": sprintf("%s:Namespace/-/%s", [environment, name]),
		"environment": environment,
		"place": namespace.place,
	}
}

_denied(environment) := {policy.namespace |
	some id in object.get(input.by_kind, "NetworkPolicy", [])
	policy := input.objects[id]
	environment in policy.environments
	policy.spec.podSelector == {}
	{"Ingress", "Egress"} == {kind | some kind in policy.spec.policyTypes}
	not policy.spec.ingress
	not policy.spec.egress
}
