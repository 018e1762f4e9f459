package pods.capabilities_test

import data.lib.fixture
import data.pods.capabilities

test_denies_missing_drop if {
	fixture.messages(capabilities.deny) == {`container 'app' does not drop ALL capabilities`} with input as fixture.of_container({})
}

test_denies_added if {
	fixture.messages(capabilities.deny) == {`container 'app' adds the capability NET_RAW`} with input as fixture.of_container({"securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_RAW", "NET_BIND_SERVICE"]}}})
}

test_allows_what_is_granted if {
	fixture.messages(capabilities.deny) == set() with input as fixture.of_granted({"securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}}, ["capability:NET_ADMIN"])
}

test_allows_windows_without_drop if {
	fixture.messages(capabilities.deny) == set() with input as fixture.of_pod({"spec": {"os": {"name": "windows"}}, "containers": [fixture.main_container({})]})
}

test_leaves_the_drop_to_an_operator if {
	fixture.messages(capabilities.deny) == set() with input as fixture.of_pod({"made_by": "volsync", "containers": [fixture.main_container({})]})
}
