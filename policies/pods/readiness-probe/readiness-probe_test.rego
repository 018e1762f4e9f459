package pods.readiness_probe_test

import data.lib.fixture
import data.pods.readiness_probe

test_denies_missing if {
	found := fixture.messages(readiness_probe.deny) with input as fixture.of_container({"ports": [{"containerPort": 80}]})

	found == {`container 'app' has ports and no readiness probe`}
}

test_allows_probe if {
	found := fixture.messages(readiness_probe.deny) with input as fixture.of_container({"ports": [{"containerPort": 80}], "readinessProbe": {"tcpSocket": {"port": 80}}})

	found == set()
}

test_allows_container_without_ports if {
	fixture.messages(readiness_probe.deny) == set() with input as fixture.of_container({})
}
