package rbac.secrets_test

import data.lib.fixture
import data.rbac.secrets

test_denies_list if {
	found := fixture.messages(secrets.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}]}, {})

	found == {`a rule lets it list Secrets`}
}

test_allows_named if {
	found := fixture.messages(secrets.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": ["own"]}]}, {})

	found == set()
}

test_allows_create if {
	found := fixture.messages(secrets.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}]}, {})

	found == set()
}
