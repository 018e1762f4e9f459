package monitoring.alerts_test

import data.lib.fixture
import data.monitoring.alerts

test_denies_none if {
	found := fixture.messages(alerts.deny) with input as fixture.of_facts({"coverage": [{"id": "d", "alerts": []}]})

	found == {`no alert is about it`}
}

test_allows_one if {
	found := fixture.messages(alerts.deny) with input as fixture.of_facts({"coverage": [{"id": "d", "alerts": ["TargetDown"]}]})

	found == set()
}
