package rbac.wildcard_test

import data.lib.fixture
import data.rbac.wildcard

test_denies_star if {
	found := fixture.messages(wildcard.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}]}, {})

	found == {`a rule says * for verbs`}
}

test_allows_names if {
	found := fixture.messages(wildcard.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]}, {})

	found == set()
}
