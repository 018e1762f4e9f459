# METADATA
# title: Pods without a policy
# description: |
#   A pod that no policy selects in a direction is open in that direction to the whole cluster, unless
#   its namespace denies.
# custom:
#   severity: error
#   reference: KSV-0038, kube-score pod-networkpolicy
#   manifest_fix: write a NetworkPolicy that selects the pod and names the direction under `policyTypes`
#   fix: 'leave it to the generator: edges come from `talks_to`, the namespace denies the rest'
package network.policy_coverage

deny contains finding if {
	some pod in input.pods
	not pod.spec.hostNetwork
	some environment in pod.environments
	facts := input.environments[environment]
	some direction in ["Ingress", "Egress"]
	not facts.covered[direction][pod.id]
	finding := {
		"msg": sprintf("no policy says anything about its %s", [lower(direction)]),
		"object": pod.id,
		"environment": environment,
	}
}
