package references.service_port_test

import data.lib.fixture
import data.references.service_port

test_denies_unknown if {
	found := fixture.messages(service_port.deny) with input as _document({"port": 80, "targetPort": "web"})

	found == {`port 80 leads to web, which no container of its pods has`}
}

test_denies_other_protocol if {
	found := fixture.messages(service_port.deny) with input as _document({"port": 53, "targetPort": "http", "protocol": "UDP"})

	found == {`port 53 leads to http, which no container of its pods has`}
}

test_allows_name_and_number if {
	fixture.messages(service_port.deny) == set() with input as _document({"port": 8080})
}

_document(port) := {
	"environments": {"prod": {
		"ports": {"s": [{"name": "http", "number": 8080, "protocol": "TCP"}]},
		"selected": {"s": ["p"]},
	}},
	"objects": {"s": {"spec": {"ports": [port]}}},
}
