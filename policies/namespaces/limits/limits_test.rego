package namespaces.limits_test

import data.lib.fixture
import data.namespaces.limits

test_denies_both_missing if {
	fixture.messages(limits.deny) == {`namespace 'media' has no LimitRange`, `namespace 'media' has no ResourceQuota`} with input as _document({}, {})
}

test_allows_both if {
	fixture.messages(limits.deny) == set() with input as _document({"ResourceQuota": ["q"], "LimitRange": ["q"]}, {"q": {"namespace": "media", "environments": ["prod"]}})
}
_document(by_kind, objects) := {
	"by_kind": by_kind,
	"objects": objects,
	"environments": {"prod": {
		"namespaces": {"media": {"builtin": false, "upstream": false, "place": "values/a.yaml:1:1"}},
		"needs": {"namespaces": {"media": {"memory_bytes": 1}}},
	}},
}
