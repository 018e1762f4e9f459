package pods.probe_port_test

import data.lib.fixture
import data.pods.probe_port

test_denies_unknown if {
	found := fixture.messages(probe_port.deny) with input as fixture.of_container({"ports": [{"name": "http", "containerPort": 80}], "livenessProbe": {"httpGet": {"port": "web"}}})

	found == {`livenessProbe of container 'app' asks port web, which it does not have`}
}

test_allows_name_and_number if {
	found := fixture.messages(probe_port.deny) with input as fixture.of_container({"ports": [{"name": "http", "containerPort": 80}], "livenessProbe": {"httpGet": {"port": "http"}}, "readinessProbe": {"tcpSocket": {"port": 80}}})

	found == set()
}

test_allows_command if {
	found := fixture.messages(probe_port.deny) with input as fixture.of_container({"livenessProbe": {"exec": {"command": ["true"]}}})

	found == set()
}
