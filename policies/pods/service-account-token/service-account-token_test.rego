package pods.service_account_token_test

import data.lib.fixture
import data.pods.service_account_token

test_denies_default_account if {
	fixture.messages(service_account_token.deny) == {`the pod mounts the token of ServiceAccount 'default', which has no role`} with input as _document({}, {"index": {}, "bound": []})
}

test_allows_false if {
	fixture.messages(service_account_token.deny) == set() with input as _document({"automountServiceAccountToken": false}, {"index": {}, "bound": []})
}

test_allows_account_that_mounts_nothing if {
	fixture.messages(service_account_token.deny) == set() with input as _document({"serviceAccountName": "app"}, {"index": {"ServiceAccount/media/app": "sa"}, "bound": []})
}

test_allows_account_with_a_role if {
	fixture.messages(service_account_token.deny) == set() with input as _document({"serviceAccountName": "app", "automountServiceAccountToken": true}, {"index": {}, "bound": ["media/app"]})
}
_document(spec, facts) := object.union(fixture.of_pod({"spec": spec}), {
	"environments": {"prod": facts},
	"objects": {"sa": {"automountServiceAccountToken": false}},
})
