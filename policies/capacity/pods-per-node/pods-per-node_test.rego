package capacity.pods_per_node_test

import data.capacity.pods_per_node
import data.lib.fixture

test_denies_too_many if {
	found := fixture.messages(pods_per_node.deny) with input as _document("one-node", 120)

	found == {`120 pods, the nodes have room for 109`}
}

test_allows_enough if {
	fixture.messages(pods_per_node.deny) == set() with input as _document(null, 120)
}

_document(survives, pods) := fixture.of_facts({
	"survives": survives,
	"nodes": [
		{"role": "worker", "pods": 110, "place": "values/inventory/prod.yaml:1:1"},
		{"role": "worker", "pods": 110, "place": "values/inventory/prod.yaml:2:1"},
	],
	"needs": {"cluster": {"each": {"pods": 1}, "spread": {"pods": pods}}},
})
