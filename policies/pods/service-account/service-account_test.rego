package pods.service_account_test

import data.lib.fixture
import data.pods.service_account

test_denies_default if {
	found := fixture.messages(service_account.deny) with input as _document({}, {"open": [], "index": {}})

	found == {`the pod uses the account 'default' of its namespace`}
}

test_denies_absent if {
	found := fixture.messages(service_account.deny) with input as _document({"serviceAccountName": "app"}, {"open": [], "index": {}})

	found == {`ServiceAccount 'app' is rendered nowhere in namespace 'media'`}
}

test_allows_rendered if {
	found := fixture.messages(service_account.deny) with input as _document({"serviceAccountName": "app"}, {"open": [], "index": {"ServiceAccount/media/app": "x"}})

	found == set()
}

test_allows_namespace_of_a_chart if {
	found := fixture.messages(service_account.deny) with input as _document({"serviceAccountName": "app"}, {"open": ["media"], "index": {}})

	found == set()
}

_document(spec, facts) := object.union(fixture.of_pod({"spec": spec}), {"environments": {"prod": facts}})
