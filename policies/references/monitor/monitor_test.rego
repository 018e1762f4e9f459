package references.monitor_test

import data.lib.fixture
import data.references.monitor

test_denies_no_target if {
	found := fixture.messages(monitor.deny) with input as _document("ServiceMonitor", [], "metrics")

	found == {`it selects nothing to scrape`}
}

test_denies_absent_port if {
	found := fixture.messages(monitor.deny) with input as _document("ServiceMonitor", ["s"], "metrics")

	found == {`it scrapes port 'metrics', which no Service that it selects has`}
}

test_allows_port if {
	fixture.messages(monitor.deny) == set() with input as _document("ServiceMonitor", ["s"], "http")
}

test_denies_pod_monitor if {
	found := fixture.messages(monitor.deny) with input as _document("PodMonitor", [], "metrics")

	found == {`it selects nothing to scrape`}
}

_document(kind, targets, port) := {
	"environments": {"prod": {"selected": {"m": targets}, "open": []}},
	"objects": {
		"m": {"kind": kind, "namespace": "media", "spec": {"endpoints": [{"port": port}]}},
		"s": {"spec": {"ports": [{"name": "http"}]}},
	},
}
