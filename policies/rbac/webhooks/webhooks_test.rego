package rbac.webhooks_test

import data.lib.fixture
import data.rbac.webhooks

test_denies_update if {
	fixture.messages(webhooks.deny) == {`a rule lets it update mutatingwebhookconfigurations`} with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": ["admissionregistration.k8s.io"], "resources": ["mutatingwebhookconfigurations"], "verbs": ["update"]}]}, {})
}

test_allows_own if {
	fixture.messages(webhooks.deny) == set() with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": ["admissionregistration.k8s.io"], "resources": ["mutatingwebhookconfigurations"], "verbs": ["update"], "resourceNames": ["own"]}]}, {})
}
