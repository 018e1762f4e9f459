package pods.probe_port_test

import data.lib.fixture
import data.pods.probe_port

test_denies_unknown if {
	fixture.messages(probe_port.deny) == {`livenessProbe of container 'app' asks port web, which it does not have`} with input as fixture.of_container({"ports": [{"name": "http", "containerPort": 80}], "livenessProbe": {"httpGet": {"port": "web"}}})
}

test_allows_name_and_number if {
	fixture.messages(probe_port.deny) == set() with input as fixture.of_container({"ports": [{"name": "http", "containerPort": 80}], "livenessProbe": {"httpGet": {"port": "http"}}, "readinessProbe": {"tcpSocket": {"port": 80}}})
}

test_allows_command if {
	fixture.messages(probe_port.deny) == set() with input as fixture.of_container({"livenessProbe": {"exec": {"command": ["true"]}}})
}
