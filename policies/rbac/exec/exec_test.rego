package rbac.exec_test

import data.lib.fixture
import data.rbac.exec

test_denies_exec if {
	found := fixture.messages(exec.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}]}, {})

	found == {`a rule covers pods/exec`}
}

test_allows_pods if {
	found := fixture.messages(exec.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]}, {})

	found == set()
}
