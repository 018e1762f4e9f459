package pods.liveness_probe_test

import data.lib.fixture
import data.pods.liveness_probe

test_warns_of_missing if {
	fixture.messages(liveness_probe.deny) == {`container 'app' has no liveness probe`} with input as fixture.of_container({})
}

test_allows_probe if {
	fixture.messages(liveness_probe.deny) == set() with input as fixture.of_container({"livenessProbe": {"tcpSocket": {"port": 80}}})
}

test_allows_job if {
	fixture.messages(liveness_probe.deny) == set() with input as fixture.of_pod({"kind": "Job", "containers": [fixture.main_container({})]})
}
