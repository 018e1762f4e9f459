package pods.spread_test

import data.lib.fixture
import data.pods.spread

test_denies_together if {
	fixture.messages(spread.deny) == {`its 2 replicas may all run on one node`} with input as fixture.of_pod({"replicas": 2})
}

test_allows_spread if {
	fixture.messages(spread.deny) == set() with input as fixture.of_pod({"replicas": 2, "spec": {"topologySpreadConstraints": [{}]}})
}

test_allows_one if {
	fixture.messages(spread.deny) == set() with input as fixture.of_pod({})
}
