package workloads.shared_selector_test

import data.lib.fixture
import data.workloads.shared_selector

test_denies_taking_others if {
	found := fixture.messages(shared_selector.deny) with input as _document(["a", "b"])

	found == {`its selector also takes the pods of Deployment/b`}
}

test_allows_own if {
	fixture.messages(shared_selector.deny) == set() with input as _document(["a"])
}

_document(pods) := {
	"environments": {"prod": {"selected": {"a": pods}}},
	"objects": {"a": {"kind": "Deployment", "name": "a"}, "b": {"kind": "Deployment", "name": "b"}},
}
