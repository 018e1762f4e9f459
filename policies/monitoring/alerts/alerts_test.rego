package monitoring.alerts_test

import data.lib.fixture
import data.monitoring.alerts

test_denies_none if {
	fixture.messages(alerts.deny) == {`no alert is about it`} with input as fixture.of_facts({"coverage": [{"id": "d", "alerts": []}]})
}

test_allows_one if {
	fixture.messages(alerts.deny) == set() with input as fixture.of_facts({"coverage": [{"id": "d", "alerts": ["TargetDown"]}]})
}
