# METADATA
# title: The fleet on what is left
# description: |
#   Where the environment says `survives: one-node`, all pods must fit when the largest node is gone;
#   elsewhere they must fit when all are there.
# custom:
#   severity: error
#   reference: 'house rule: the loss of one node is an ordinary day'
#   needs: fleet
#   fix: add a node to the inventory, enlarge one, or lower requests
package capacity.node_loss

import data.lib.show

deny contains finding if {
	some environment, facts in input.environments
	workers := [node | some node in facts.nodes; node.role == "worker"]
	count(workers) > 0
	some amount, what in {"cpu_m": "CPU", "memory_bytes": "memory"}
	each := facts.needs.cluster.each[amount]
	sizes := sort([size | some node in workers; size := node[amount] - each])
	left := sum(sizes) - _lost(facts, sizes)
	needed := facts.needs.cluster.spread[amount]
	needed > left
	finding := {
		"msg": sprintf(
			"pods request %s of %s, %s leave %s",
			[show.amount(amount, needed), what, _who(facts), show.amount(amount, left)],
		),
		"object": sprintf("%s:Cluster/-/%s", [environment, environment]),
		"environment": environment,
		"place": [node.place | some node in facts.nodes; node.role == "worker"][0],
	}
}

_lost(facts, sizes) := sizes[count(sizes) - 1] if facts.survives == "one-node"

_lost(facts, _) := 0 if facts.survives != "one-node"

_who(facts) := "the workers without the largest" if facts.survives == "one-node"

_who(facts) := "all workers" if facts.survives != "one-node"
