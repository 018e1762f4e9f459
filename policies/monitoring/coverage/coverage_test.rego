package monitoring.coverage_test

import data.lib.fixture
import data.monitoring.coverage

test_denies_unwatched if {
	found := fixture.messages(coverage.deny) with input as _document({"kind": "Deployment"})

	found == {`nothing scrapes or probes it`}
}

test_denies_job_without_alert if {
	found := fixture.messages(coverage.deny) with input as _document({"kind": "CronJob"})

	found == {`nobody is told when its job fails: there is no alert JobFailed`}
}

test_allows_watched if {
	fixture.messages(coverage.deny) == set() with input as _document({"kind": "Deployment", "watchers": ["m"]})
}

test_allows_what_has_no_tcp_port if {
	fixture.messages(coverage.deny) == set() with input as _document({"kind": "DaemonSet", "tcp": false})
}

_document(change) := fixture.of_facts({"coverage": [object.union(
	{"id": "d", "tcp": true, "watchers": [], "alerts": []},
	change,
)]})
