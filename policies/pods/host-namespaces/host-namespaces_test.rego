package pods.host_namespaces_test

import data.lib.fixture
import data.pods.host_namespaces

test_denies_host_network if {
	found := fixture.messages(host_namespaces.deny) with input as fixture.of_pod({"spec": {"hostNetwork": true}})

	found == {`the pod sets hostNetwork, so it shares a namespace with its node`}
}

test_allows_what_is_granted if {
	found := fixture.messages(host_namespaces.deny) with input as fixture.of_pod({"spec": {"hostNetwork": true}, "granted": {"*": ["hostNetwork"]}})

	found == set()
}

test_allows_false_and_missing if {
	fixture.messages(host_namespaces.deny) == set() with input as fixture.of_pod({"spec": {"hostPID": false}})
}
