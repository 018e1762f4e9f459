package rbac.exec_test

import data.lib.fixture
import data.rbac.exec

test_denies_exec if {
	fixture.messages(exec.deny) == {`a rule covers pods/exec`} with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}]}, {})
}

test_allows_pods if {
	fixture.messages(exec.deny) == set() with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]}, {})
}
