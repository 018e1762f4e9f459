package pods.cpu_request_test

import data.lib.fixture
import data.pods.cpu_request

test_denies_missing if {
	fixture.messages(cpu_request.deny) == {`container 'app' requests no CPU`} with input as fixture.of_container({})
}

test_allows_request if {
	fixture.messages(cpu_request.deny) == set() with input as fixture.of_container({"resources": {"requests": {"cpu": "10m"}}})
}

test_allows_limit_that_is_the_request if {
	fixture.messages(cpu_request.deny) == set() with input as fixture.of_container({"resources": {"limits": {"cpu": "10m"}}})
}
