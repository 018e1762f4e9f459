package pods.capabilities_test

import data.lib.fixture
import data.pods.capabilities

test_denies_missing_drop if {
	found := fixture.messages(capabilities.deny) with input as fixture.of_container({})

	found == {`container 'app' does not drop ALL capabilities`}
}

test_denies_added if {
	found := fixture.messages(capabilities.deny) with input as fixture.of_container({"securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_RAW", "NET_BIND_SERVICE"]}}})

	found == {`container 'app' adds the capability NET_RAW`}
}

test_allows_what_is_granted if {
	found := fixture.messages(capabilities.deny) with input as fixture.of_granted({"securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}}, ["capability:NET_ADMIN"])

	found == set()
}

test_allows_windows_without_drop if {
	found := fixture.messages(capabilities.deny) with input as fixture.of_pod({"spec": {"os": {"name": "windows"}}, "containers": [fixture.main_container({})]})

	found == set()
}

test_leaves_the_drop_to_an_operator if {
	found := fixture.messages(capabilities.deny) with input as fixture.of_pod({"made_by": "volsync", "containers": [fixture.main_container({})]})

	found == set()
}

test_windows_may_add_what_the_baseline_allows if {
	pod := {
		"spec": {"os": {"name": "windows"}},
		"containers": [fixture.main_container({"securityContext": {"capabilities": {"add": ["CHOWN", "NET_RAW"]}}})],
	}

	fixture.messages(capabilities.deny) == {"container 'app' adds the capability NET_RAW"} with input as fixture.of_pod(pod)
}
