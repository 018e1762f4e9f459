package pods.seccomp_test

import data.lib.fixture
import data.pods.seccomp

test_denies_unconfined if {
	fixture.messages(seccomp.deny) == {`the pod has the seccomp profile Unconfined`} with input as fixture.of_pod({"spec": {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}})
}

test_denies_missing if {
	fixture.messages(seccomp.deny) == {`container 'app' has no seccomp profile`} with input as fixture.of_container({})
}

test_allows_what_the_pod_says if {
	fixture.messages(seccomp.deny) == set() with input as fixture.of_pod({"spec": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}, "containers": [fixture.main_container({})]})
}

test_allows_what_is_granted if {
	fixture.messages(seccomp.deny) == set() with input as fixture.of_granted({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}, ["seccompProfile"])
}

test_allows_windows_without if {
	fixture.messages(seccomp.deny) == set() with input as fixture.of_pod({"spec": {"os": {"name": "windows"}}, "containers": [fixture.main_container({})]})
}
