package rbac.escalation_test

import data.lib.fixture
import data.rbac.escalation

test_denies_impersonate if {
	fixture.messages(escalation.deny) == {`a rule allows impersonate`} with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}]}, {})
}

test_allows_reading if {
	fixture.messages(escalation.deny) == set() with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]}, {})
}
