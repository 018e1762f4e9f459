package references.claim_test

import data.lib.fixture
import data.references.claim

test_denies_absent if {
	found := fixture.messages(claim.deny) with input as _document("gone")

	found == {`volume 'data' mounts the claim 'gone', which is rendered nowhere`}
}

test_allows_rendered if {
	fixture.messages(claim.deny) == set() with input as _document("app")
}

_document(claim) := object.union(
	fixture.of_pod({"spec": {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]}}),
	{"environments": {"prod": {"open": [], "index": {"PersistentVolumeClaim/media/app": "c"}}}},
)
