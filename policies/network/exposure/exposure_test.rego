package network.exposure_test

import data.lib.fixture
import data.network.exposure

test_denies_node_port if {
	fixture.messages(exposure.deny) == {`it is a NodePort, open on every node`} with input as fixture.of_object("Service", {"spec": {"type": "NodePort"}, "addresses": []}, {})
}

test_denies_external_address if {
	fixture.messages(exposure.deny) == {`it takes the external addresses 192.0.2.1`} with input as fixture.of_object("Service", {"spec": {"externalIPs": ["192.0.2.1"]}, "addresses": []}, {})
}

test_denies_any_address if {
	fixture.messages(exposure.deny) == {`it is a LoadBalancer without an address of its own`} with input as fixture.of_object("Service", {"spec": {"type": "LoadBalancer"}, "addresses": []}, {})
}

test_allows_cluster_address if {
	fixture.messages(exposure.deny) == set() with input as fixture.of_object("Service", {"spec": {}, "addresses": []}, {})
}
