package pods.host_probes_test

import data.lib.fixture
import data.pods.host_probes

test_denies_probe_of_a_host if {
	found := fixture.messages(host_probes.deny) with input as fixture.of_container({"livenessProbe": {"httpGet": {"host": "10.0.0.1", "port": 80}}})

	found == {`livenessProbe of container 'app' asks the host 10.0.0.1`}
}

test_denies_hook_of_a_host if {
	found := fixture.messages(host_probes.deny) with input as fixture.of_container({"lifecycle": {"preStop": {"tcpSocket": {"host": "db", "port": 80}}}})

	found == {`preStop of container 'app' asks the host db`}
}

test_allows_before_1_34 if {
	found := fixture.messages(host_probes.deny) with input as fixture.of_pod({"minors": [33], "containers": [fixture.main_container({"livenessProbe": {"httpGet": {"host": "x", "port": 80}}})]})

	found == set()
}

test_allows_empty_and_missing if {
	found := fixture.messages(host_probes.deny) with input as fixture.of_container({"livenessProbe": {"httpGet": {"host": "", "port": 80}}, "readinessProbe": {"exec": {"command": ["true"]}}})

	found == set()
}
