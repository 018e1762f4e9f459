package pods.memory_test

import data.lib.fixture
import data.pods.memory

test_denies_missing if {
	found := fixture.messages(memory.deny) with input as fixture.of_container({})

	found == {`container 'app' has no memory limit`, `container 'app' requests no memory`}
}

test_denies_missing_limit if {
	found := fixture.messages(memory.deny) with input as fixture.of_container({"resources": {"requests": {"memory": "1Gi"}}})

	found == {`container 'app' has no memory limit`}
}

test_allows_both if {
	found := fixture.messages(memory.deny) with input as fixture.of_container({"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "1Gi"}}})

	found == set()
}
