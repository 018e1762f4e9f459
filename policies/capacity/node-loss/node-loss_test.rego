package capacity.node_loss_test

import data.capacity.node_loss
import data.lib.fixture

test_denies_after_loss if {
	found := fixture.messages(node_loss.deny) with input as _document("one-node", 1500)

	found == {`pods request 1500m of CPU, the workers without the largest leave 1000m`}
}

test_allows_with_all if {
	fixture.messages(node_loss.deny) == set() with input as _document(null, 1500)
}

test_denies_with_all if {
	found := fixture.messages(node_loss.deny) with input as _document(null, 5000)

	found == {`pods request 5000m of CPU, all workers leave 3000m`}
}

_document(survives, cpu) := fixture.of_facts({
	"survives": survives,
	"nodes": [
		{"role": "worker", "cpu_m": 2000, "memory_bytes": 10, "place": "values/inventory/prod.yaml:1:1"},
		{"role": "worker", "cpu_m": 1000, "memory_bytes": 10, "place": "values/inventory/prod.yaml:2:1"},
	],
	"needs": {"cluster": {
		"each": {"cpu_m": 0, "memory_bytes": 0},
		"spread": {"cpu_m": cpu, "memory_bytes": 1},
	}},
})
