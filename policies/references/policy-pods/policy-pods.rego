# METADATA
# title: Policies without pods
# description: |
#   A network policy that selects no pod protects nothing: mostly a label was renamed.
# custom:
#   severity: error
#   manifest: spec.podSelector, spec.endpointSelector
#   reference: kube-linter dangling-networkpolicy, kube-score networkpolicy-targets-pod
#   fix: select the labels of a rendered workload of the same namespace
package references.policy_pods

deny contains finding if {
	some environment, facts in input.environments
	some id, pods in facts.selected
	policy := input.objects[id]
	policy.kind in {"NetworkPolicy", "CiliumNetworkPolicy"}
	count(pods) == 0
	not policy.namespace in facts.open
	not _everything(policy)
	finding := {"msg": "it selects no pod", "object": id, "environment": environment}
}

# A policy for whatever comes is meant for no pod in particular.
_everything(policy) if {
	policy.kind == "NetworkPolicy"
	object.get(policy.spec, "podSelector", {}) == {}
}

_everything(policy) if policy.spec.endpointSelector == {}

# Pods that an operator makes when it wants: VolSync's movers beside the volumes that they copy.
_everything(policy) if {
	labels := _labels(policy)
	labels["app.kubernetes.io/created-by"] == "volsync"
	some id in input.by_kind.ReplicationSource
	input.objects[id].namespace == policy.namespace
}

_labels(policy) := policy.spec.podSelector.matchLabels

_labels(policy) := policy.spec.endpointSelector.matchLabels if not policy.spec.podSelector
