package pods.seccomp_test

import data.lib.fixture
import data.pods.seccomp

test_denies_unconfined if {
	found := fixture.messages(seccomp.deny) with input as fixture.of_pod({"spec": {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}})

	found == {`the pod has the seccomp profile Unconfined`}
}

test_denies_missing if {
	found := fixture.messages(seccomp.deny) with input as fixture.of_container({})

	found == {`container 'app' has no seccomp profile`}
}

test_allows_what_the_pod_says if {
	found := fixture.messages(seccomp.deny) with input as fixture.of_pod({"spec": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}}, "containers": [fixture.main_container({})]})

	found == set()
}

test_allows_what_is_granted if {
	found := fixture.messages(seccomp.deny) with input as fixture.of_granted({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}, ["seccompProfile"])

	found == set()
}

test_allows_windows_without if {
	found := fixture.messages(seccomp.deny) with input as fixture.of_pod({"spec": {"os": {"name": "windows"}}, "containers": [fixture.main_container({})]})

	found == set()
}
