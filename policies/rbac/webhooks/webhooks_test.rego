package rbac.webhooks_test

import data.lib.fixture
import data.rbac.webhooks

test_denies_update if {
	found := fixture.messages(webhooks.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": ["admissionregistration.k8s.io"], "resources": ["mutatingwebhookconfigurations"], "verbs": ["update"]}]}, {})

	found == {`a rule lets it update mutatingwebhookconfigurations`}
}

test_allows_own if {
	found := fixture.messages(webhooks.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": ["admissionregistration.k8s.io"], "resources": ["mutatingwebhookconfigurations"], "verbs": ["update"], "resourceNames": ["own"]}]}, {})

	found == set()
}

test_denies_policies if {
	found := fixture.messages(webhooks.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": ["admissionregistration.k8s.io"], "resources": ["validatingadmissionpolicies"], "verbs": ["deletecollection"], "resourceNames": []}]}, {})

	found == {`a rule lets it deletecollection validatingadmissionpolicies`}
}
