package network.exposure_test

import data.lib.fixture
import data.network.exposure

test_denies_node_port if {
	found := fixture.messages(exposure.deny) with input as fixture.of_object("Service", {"spec": {"type": "NodePort"}, "addresses": []}, {})

	found == {`it is a NodePort, open on every node`}
}

test_denies_external_address if {
	found := fixture.messages(exposure.deny) with input as fixture.of_object("Service", {"spec": {"externalIPs": ["192.0.2.1"]}, "addresses": []}, {})

	found == {`it takes the external addresses 192.0.2.1`}
}

test_denies_any_address if {
	found := fixture.messages(exposure.deny) with input as fixture.of_object("Service", {"spec": {"type": "LoadBalancer"}, "addresses": []}, {})

	found == {`it is a LoadBalancer without an address of its own`}
}

test_allows_cluster_address if {
	found := fixture.messages(exposure.deny) with input as fixture.of_object("Service", {"spec": {}, "addresses": []}, {})

	found == set()
}
