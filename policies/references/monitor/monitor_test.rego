package references.monitor_test

import data.lib.fixture
import data.references.monitor

test_denies_no_target if {
	fixture.messages(monitor.deny) == {`it selects nothing to scrape`} with input as _document("ServiceMonitor", [], "metrics")
}

test_denies_absent_port if {
	fixture.messages(monitor.deny) == {`it scrapes port 'metrics', which no Service that it selects has`} with input as _document("ServiceMonitor", ["s"], "metrics")
}

test_allows_port if {
	fixture.messages(monitor.deny) == set() with input as _document("ServiceMonitor", ["s"], "http")
}

test_denies_pod_monitor if {
	fixture.messages(monitor.deny) == {`it selects nothing to scrape`} with input as _document("PodMonitor", [], "metrics")
}
_document(kind, targets, port) := {
	"environments": {"prod": {"selected": {"m": targets}, "open": []}},
	"objects": {
		"m": {"kind": kind, "namespace": "media", "spec": {"endpoints": [{"port": port}]}},
		"s": {"spec": {"ports": [{"name": "http"}]}},
	},
}
