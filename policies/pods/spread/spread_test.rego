package pods.spread_test

import data.lib.fixture
import data.pods.spread

test_denies_together if {
	found := fixture.messages(spread.deny) with input as fixture.of_pod({"replicas": 2})

	found == {`its 2 replicas may all run on one node`}
}

test_allows_spread if {
	found := fixture.messages(spread.deny) with input as fixture.of_pod({"replicas": 2, "spec": {"topologySpreadConstraints": [{}]}})

	found == set()
}

test_allows_one if {
	fixture.messages(spread.deny) == set() with input as fixture.of_pod({})
}
