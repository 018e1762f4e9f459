package references.service_pods_test

import data.lib.fixture
import data.references.service_pods

test_denies_none if {
	fixture.messages(service_pods.deny) == {`it selects no pod`} with input as _document([], [])
}

test_allows_some if {
	fixture.messages(service_pods.deny) == set() with input as _document(["p"], [])
}

test_allows_namespace_of_a_chart if {
	fixture.messages(service_pods.deny) == set() with input as _document([], ["media"])
}

_document(pods, open) := {
	"environments": {"prod": {"selected": {"s": pods}, "open": open}},
	"objects": {"s": {"kind": "Service", "namespace": "media"}},
}
