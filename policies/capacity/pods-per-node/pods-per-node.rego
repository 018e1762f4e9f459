# METADATA
# title: Pods on a node
# description: |
#   A kubelet takes 110 pods. The next one waits, and nothing but its events says why.
# custom:
#   severity: error
#   reference: kubelet maxPods
#   needs: fleet
#   fix: add a node, or bring services together
package capacity.pods_per_node

deny contains finding if {
	some environment, facts in input.environments
	places := sort([room |
		some node in facts.nodes
		node.role == "worker"
		room := node.pods - facts.needs.cluster.each.pods
	])
	count(places) > 0
	left := sum(places) - _lost(facts, places)
	needed := facts.needs.cluster.spread.pods
	needed > left
	finding := {
		"msg": sprintf("%d pods, the nodes have room for %d", [needed, left]),
		"object": sprintf("%s:Cluster/-/%s", [environment, environment]),
		"environment": environment,
		"place": [node.place | some node in facts.nodes; node.role == "worker"][0],
	}
}

_lost(facts, places) := places[count(places) - 1] if facts.survives == "one-node"

_lost(facts, _) := 0 if facts.survives != "one-node"
