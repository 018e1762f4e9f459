package pods.identical_probes_test

import data.lib.fixture
import data.pods.identical_probes

test_warns_of_the_same if {
	fixture.messages(identical_probes.deny) == {`container 'app' asks the same for liveness and readiness`} with input as fixture.of_container({"livenessProbe": {"a": 1}, "readinessProbe": {"a": 1}})
}

test_allows_another_pace if {
	fixture.messages(identical_probes.deny) == set() with input as fixture.of_container({"livenessProbe": {"a": 1, "periodSeconds": 30}, "readinessProbe": {"a": 1}})
}

test_allows_missing if {
	fixture.messages(identical_probes.deny) == set() with input as fixture.of_container({})
}
