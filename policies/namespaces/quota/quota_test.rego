package namespaces.quota_test

import data.lib.fixture
import data.namespaces.quota

test_denies_too_tight if {
	found := fixture.messages(quota.deny) with input as _document(100)

	found == {`requests.cpu is 100m, what may run at once in 'media' needs 200m`}
}

test_allows_enough if {
	fixture.messages(quota.deny) == set() with input as _document(200)
}

_document(allowed) := {"environments": {"prod": {
	"quotas": [{"id": "q", "namespace": "media", "hard": {"requests.cpu": allowed}}],
	"needs": {"namespaces": {"media": {"cpu_m": 200}}},
}}}
