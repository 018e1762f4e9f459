package rbac.wildcard_test

import data.lib.fixture
import data.rbac.wildcard

test_denies_star if {
	fixture.messages(wildcard.deny) == {`a rule says * for verbs`} with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]}, {})
}

test_allows_names if {
	fixture.messages(wildcard.deny) == set() with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]}, {})
}
