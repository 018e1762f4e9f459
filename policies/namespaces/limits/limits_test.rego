package namespaces.limits_test

import data.lib.fixture
import data.namespaces.limits

test_denies_both_missing if {
	found := fixture.messages(limits.deny) with input as _document({}, {})

	found == {`namespace 'media' has no LimitRange`, `namespace 'media' has no ResourceQuota`}
}

test_allows_both if {
	found := fixture.messages(limits.deny) with input as _document({"ResourceQuota": ["q"], "LimitRange": ["q"]}, {"q": {"namespace": "media", "environments": ["prod"]}})

	found == set()
}

_document(by_kind, objects) := {
	"by_kind": by_kind,
	"objects": objects,
	"environments": {"prod": {
		"namespaces": {"media": {"builtin": false, "upstream": false, "place": "values/a.yaml:1:1"}},
		"needs": {"namespaces": {"media": {"memory_bytes": 1}}},
	}},
}
