package pods.run_as_user_test

import data.lib.fixture
import data.pods.run_as_user

test_denies_user_0 if {
	fixture.messages(run_as_user.deny) == {`the pod runs as user 0`} with input as fixture.of_pod({"spec": {"securityContext": {"runAsUser": 0}}})
}

test_allows_others_and_missing if {
	fixture.messages(run_as_user.deny) == set() with input as fixture.of_container({"securityContext": {"runAsUser": 1000}})
}

test_allows_what_is_granted if {
	fixture.messages(run_as_user.deny) == set() with input as fixture.of_pod({"spec": {"securityContext": {"runAsUser": 0}}, "containers": [fixture.main_container({"securityContext": {"runAsUser": 0}})], "granted": {"app": ["runAsUser"], "*": ["runAsUser"]}})
}

test_allows_user_namespace if {
	fixture.messages(run_as_user.deny) == set() with input as fixture.of_pod({"spec": {"hostUsers": false, "securityContext": {"runAsUser": 0}}})
}
