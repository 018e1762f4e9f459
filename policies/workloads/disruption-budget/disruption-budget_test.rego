package workloads.disruption_budget_test

import data.lib.fixture
import data.workloads.disruption_budget

test_denies_missing if {
	found := fixture.messages(disruption_budget.deny) with input as _document(2, {"spec": {}}, [])

	found == {`it has 2 replicas and no PodDisruptionBudget`}
}

test_denies_nothing_allowed if {
	found := fixture.messages(disruption_budget.deny) with input as _document(2, {"spec": {"maxUnavailable": 0}}, ["d"])

	found == {`it allows no disruption (maxUnavailable: 0), so no node can be drained`}
}

test_denies_as_many_as_there_are if {
	found := fixture.messages(disruption_budget.deny) with input as _document(2, {"spec": {"minAvailable": 2}}, ["d"])

	found == {`it keeps 2 of 2 pods, so no node can be drained`}
}

test_allows_one_to_go if {
	found := fixture.messages(disruption_budget.deny) with input as _document(2, {"spec": {"maxUnavailable": 1}}, ["d"])

	found == set()
}

test_allows_one_replica_without if {
	fixture.messages(disruption_budget.deny) == set() with input as _document(1, {"spec": {}}, [])
}

_document(replicas, budget, selected) := {
	"by_kind": {"PodDisruptionBudget": ["p"]},
	"objects": {"p": budget},
	"environments": {"prod": {
		"workloads": [{"id": "d", "kind": "Deployment", "quiet": replicas, "declared": false}],
		"selected": {"p": selected},
	}},
}
