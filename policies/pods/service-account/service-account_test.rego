package pods.service_account_test

import data.lib.fixture
import data.pods.service_account

test_denies_default if {
	fixture.messages(service_account.deny) == {`the pod uses the account 'default' of its namespace`} with input as _document({}, {"open": [], "index": {}})
}

test_denies_absent if {
	fixture.messages(service_account.deny) == {`ServiceAccount 'app' is rendered nowhere in namespace 'media'`} with input as _document({"serviceAccountName": "app"}, {"open": [], "index": {}})
}

test_allows_rendered if {
	fixture.messages(service_account.deny) == set() with input as _document({"serviceAccountName": "app"}, {"open": [], "index": {"ServiceAccount/media/app": "x"}})
}

test_allows_namespace_of_a_chart if {
	fixture.messages(service_account.deny) == set() with input as _document({"serviceAccountName": "app"}, {"open": ["media"], "index": {}})
}
_document(spec, facts) := object.union(fixture.of_pod({"spec": spec}), {"environments": {"prod": facts}})
