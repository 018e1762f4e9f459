package rbac.escalation_test

import data.lib.fixture
import data.rbac.escalation

test_denies_impersonate if {
	found := fixture.messages(escalation.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}]}, {})

	found == {`a rule allows impersonate`}
}

test_allows_reading if {
	found := fixture.messages(escalation.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]}, {})

	found == set()
}
