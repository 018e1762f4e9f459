package rbac.secrets_test

import data.lib.fixture
import data.rbac.secrets

test_denies_list if {
	fixture.messages(secrets.deny) == {`a rule lets it list Secrets`} with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}]}, {})
}

test_allows_named if {
	fixture.messages(secrets.deny) == set() with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": ["own"]}]}, {})
}

test_allows_create if {
	fixture.messages(secrets.deny) == set() with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}]}, {})
}
