package network.ranges_test

import data.lib.fixture
import data.network.ranges

test_denies_overlap if {
	found := fixture.messages(ranges.deny) with input as {"overlaps": [{"left": {"kind": "network", "name": "lan", "shown": "a", "environments": ["prod"], "place": "values/site.yaml:1:1"}, "right": {"kind": "pods", "name": "dev", "shown": "b", "environments": ["dev"], "place": "values/site.yaml:2:1"}}]}

	found == {`pods 'dev' (b) overlaps network 'lan' (a)`}
}

test_allows_none if {
	fixture.messages(ranges.deny) == set() with input as {"overlaps": []}
}
