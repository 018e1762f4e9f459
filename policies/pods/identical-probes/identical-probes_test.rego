package pods.identical_probes_test

import data.lib.fixture
import data.pods.identical_probes

test_warns_of_the_same if {
	found := fixture.messages(identical_probes.deny) with input as fixture.of_container({"livenessProbe": {"a": 1}, "readinessProbe": {"a": 1}})

	found == {`container 'app' asks the same for liveness and readiness`}
}

test_allows_another_pace if {
	found := fixture.messages(identical_probes.deny) with input as fixture.of_container({"livenessProbe": {"a": 1, "periodSeconds": 30}, "readinessProbe": {"a": 1}})

	found == set()
}

test_allows_missing if {
	fixture.messages(identical_probes.deny) == set() with input as fixture.of_container({})
}
