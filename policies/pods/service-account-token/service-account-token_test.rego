package pods.service_account_token_test

import data.lib.fixture
import data.pods.service_account_token

test_denies_default_account if {
	found := fixture.messages(service_account_token.deny) with input as _document({}, {"index": {}, "bound": []})

	found == {`the pod mounts the token of ServiceAccount 'default', which has no role`}
}

test_allows_false if {
	found := fixture.messages(service_account_token.deny) with input as _document({"automountServiceAccountToken": false}, {"index": {}, "bound": []})

	found == set()
}

test_allows_account_that_mounts_nothing if {
	found := fixture.messages(service_account_token.deny) with input as _document({"serviceAccountName": "app"}, {"index": {"ServiceAccount/media/app": "sa"}, "bound": []})

	found == set()
}

test_allows_account_with_a_role if {
	found := fixture.messages(service_account_token.deny) with input as _document({"serviceAccountName": "app", "automountServiceAccountToken": true}, {"index": {}, "bound": ["media/app"]})

	found == set()
}

_document(spec, facts) := object.union(fixture.of_pod({"spec": spec}), {
	"environments": {"prod": facts},
	"objects": {"sa": {"automountServiceAccountToken": false}},
})
