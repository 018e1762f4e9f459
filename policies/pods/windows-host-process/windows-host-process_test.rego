package pods.windows_host_process_test

import data.lib.fixture
import data.pods.windows_host_process

test_denies_host_process if {
	found := fixture.messages(windows_host_process.deny) with input as fixture.of_pod({"spec": {"securityContext": {"windowsOptions": {"hostProcess": true}}}})

	found == {`the pod is a process of its Windows node`}
}

test_allows_missing if {
	fixture.messages(windows_host_process.deny) == set() with input as fixture.of_container({})
}
