package capacity.budget_test

import data.capacity.budget
import data.lib.fixture

test_denies_too_much_cpu if {
	found := fixture.messages(budget.deny) with input as _document("cpu_m", 200, 100)

	found == {`domain 'media' needs 200m of CPU requests, its budget is 100m`}
}

test_denies_too_much_storage if {
	found := fixture.messages(budget.deny) with input as _document("storage_bytes", 2097152, 1048576)

	found == {`domain 'media' needs 2Mi of storage, its budget is 1Mi`}
}

test_allows_as_much if {
	fixture.messages(budget.deny) == set() with input as _document("memory_bytes", 5, 5)
}

test_allows_without_bound if {
	fixture.messages(budget.deny) == set() with input as _document("memory_bytes", 5, null)
}

_document(amount, needed, allowed) := fixture.of_facts({
	"domains": {"media": {"budget": {amount: allowed, "places": {amount: "values/a.yaml:1:1"}}}},
	"needs": {"domains": {"media": {amount: needed}}},
})
