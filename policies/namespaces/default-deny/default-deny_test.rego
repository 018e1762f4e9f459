package namespaces.default_deny_test

import data.lib.fixture
import data.namespaces.default_deny

test_denies_missing if {
	found := fixture.messages(default_deny.deny) with input as _document({"podSelector": {}, "policyTypes": ["Ingress"]})

	found == {`namespace 'media' has no policy that denies everything both ways`}
}

test_allows_both_ways if {
	found := fixture.messages(default_deny.deny) with input as _document({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})

	found == set()
}

_document(spec) := object.union(
	fixture.of_object("NetworkPolicy", {"spec": spec}, {}),
	{"environments": {"prod": {"namespaces": {"media": {"builtin": false, "place": "values/a.yaml:1:1"}}}}},
)
