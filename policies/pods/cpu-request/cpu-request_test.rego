package pods.cpu_request_test

import data.lib.fixture
import data.pods.cpu_request

test_denies_missing if {
	fixture.messages(cpu_request.deny) == {`container 'app' requests no CPU`} with input as fixture.of_container({})
}

test_allows_request if {
	found := fixture.messages(cpu_request.deny) with input as fixture.of_container({"resources": {"requests": {"cpu": "10m"}}})

	found == set()
}

test_allows_limit_that_is_the_request if {
	found := fixture.messages(cpu_request.deny) with input as fixture.of_container({"resources": {"limits": {"cpu": "10m"}}})

	found == set()
}
