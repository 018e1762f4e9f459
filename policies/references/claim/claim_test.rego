package references.claim_test

import data.lib.fixture
import data.references.claim

test_denies_absent if {
	fixture.messages(claim.deny) == {`volume 'data' mounts the claim 'gone', which is rendered nowhere`} with input as _document("gone")
}

test_allows_rendered if {
	fixture.messages(claim.deny) == set() with input as _document("app")
}
_document(claim) := object.union(
	fixture.of_pod({"spec": {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]}}),
	{"environments": {"prod": {"open": [], "index": {"PersistentVolumeClaim/media/app": "c"}}}},
)
