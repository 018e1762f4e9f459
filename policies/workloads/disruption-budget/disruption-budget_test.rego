package workloads.disruption_budget_test

import data.lib.fixture
import data.workloads.disruption_budget

test_denies_missing if {
	fixture.messages(disruption_budget.deny) == {`it has 2 replicas and no PodDisruptionBudget`} with input as _document(2, {"spec": {}}, [])
}

test_denies_nothing_allowed if {
	fixture.messages(disruption_budget.deny) == {`it allows no disruption (maxUnavailable: 0), so no node can be drained`} with input as _document(2, {"spec": {"maxUnavailable": 0}}, ["d"])
}

test_denies_as_many_as_there_are if {
	fixture.messages(disruption_budget.deny) == {`it keeps 2 of 2 pods, so no node can be drained`} with input as _document(2, {"spec": {"minAvailable": 2}}, ["d"])
}

test_allows_one_to_go if {
	fixture.messages(disruption_budget.deny) == set() with input as _document(2, {"spec": {"maxUnavailable": 1}}, ["d"])
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
