package pods.run_as_non_root_test

import data.lib.fixture
import data.pods.run_as_non_root

test_denies_missing if {
	found := fixture.messages(run_as_non_root.deny) with input as fixture.of_container({})

	found == {`container 'app' may run as root`}
}

test_denies_container_that_says_false if {
	found := fixture.messages(run_as_non_root.deny) with input as fixture.of_pod({"spec": {"securityContext": {"runAsNonRoot": true}}, "containers": [fixture.main_container({"securityContext": {"runAsNonRoot": false}})]})

	found == {`container 'app' may run as root`}
}

test_allows_what_the_pod_says if {
	found := fixture.messages(run_as_non_root.deny) with input as fixture.of_pod({"spec": {"securityContext": {"runAsNonRoot": true}}, "containers": [fixture.main_container({})]})

	found == set()
}

test_allows_user_namespace if {
	found := fixture.messages(run_as_non_root.deny) with input as fixture.of_pod({"spec": {"hostUsers": false}, "containers": [fixture.main_container({})]})

	found == set()
}

test_allows_what_is_granted if {
	fixture.messages(run_as_non_root.deny) == set() with input as fixture.of_granted({}, ["runAsUser"])
}

test_denies_pod_that_says_false if {
	pod := {
		"spec": {"securityContext": {"runAsNonRoot": false}},
		"containers": [fixture.main_container({"securityContext": {"runAsNonRoot": true}})],
	}

	fixture.messages(run_as_non_root.deny) == {"the pod may run as root"} with input as fixture.of_pod(pod)
}

test_denies_pod_and_container_once if {
	pod := {"spec": {"securityContext": {"runAsNonRoot": false}}, "containers": [fixture.main_container({})]}

	fixture.messages(run_as_non_root.deny) == {"container 'app' may run as root"} with input as fixture.of_pod(pod)
}
