package pods.liveness_probe_test

import data.lib.fixture
import data.pods.liveness_probe

test_warns_of_missing if {
	found := fixture.messages(liveness_probe.deny) with input as fixture.of_container({})

	found == {`container 'app' has no liveness probe`}
}

test_allows_probe if {
	found := fixture.messages(liveness_probe.deny) with input as fixture.of_container({"livenessProbe": {"tcpSocket": {"port": 80}}})

	found == set()
}

test_allows_job if {
	found := fixture.messages(liveness_probe.deny) with input as fixture.of_pod({"kind": "Job", "containers": [fixture.main_container({})]})

	found == set()
}
