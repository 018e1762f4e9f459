package pods.run_as_user_test

import data.lib.fixture
import data.pods.run_as_user

test_denies_user_0 if {
	found := fixture.messages(run_as_user.deny) with input as fixture.of_pod({"spec": {"securityContext": {"runAsUser": 0}}})

	found == {`the pod runs as user 0`}
}

test_allows_others_and_missing if {
	found := fixture.messages(run_as_user.deny) with input as fixture.of_container({"securityContext": {"runAsUser": 1000}})

	found == set()
}

test_allows_what_is_granted if {
	found := fixture.messages(run_as_user.deny) with input as fixture.of_pod({"spec": {"securityContext": {"runAsUser": 0}}, "containers": [fixture.main_container({"securityContext": {"runAsUser": 0}})], "granted": {"app": ["runAsUser"], "*": ["runAsUser"]}})

	found == set()
}

test_allows_user_namespace if {
	found := fixture.messages(run_as_user.deny) with input as fixture.of_pod({"spec": {"hostUsers": false, "securityContext": {"runAsUser": 0}}})

	found == set()
}
