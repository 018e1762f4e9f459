package pods.host_path_test

import data.lib.fixture
import data.pods.host_path

test_denies_host_path if {
	found := fixture.messages(host_path.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}]}})

	found == {`volume 'logs' is the path /var/log of the node`}
}

test_allows_what_is_granted if {
	found := fixture.messages(host_path.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}]}, "granted": {"*": ["hostPath:logs"]}})

	found == set()
}

test_allows_missing if {
	fixture.messages(host_path.deny) == set() with input as fixture.of_pod({})
}
