package pods.memory_test

import data.lib.fixture
import data.pods.memory

test_denies_missing if {
	fixture.messages(memory.deny) == {`container 'app' has no memory limit`, `container 'app' requests no memory`} with input as fixture.of_container({})
}

test_denies_missing_limit if {
	fixture.messages(memory.deny) == {`container 'app' has no memory limit`} with input as fixture.of_container({"resources": {"requests": {"memory": "1Gi"}}})
}

test_allows_both if {
	fixture.messages(memory.deny) == set() with input as fixture.of_container({"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "1Gi"}}})
}
