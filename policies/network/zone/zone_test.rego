package network.zone_test

import data.lib.fixture
import data.network.zone

test_denies_other_zone if {
	found := fixture.messages(zone.deny) with input as fixture.of_object("HTTPRoute", {"spec": {"hostnames": ["a.example.org", "a.example.net", "example.net"]}}, {"zones": ["example.net"]})

	found == {`host a.example.org lies in no zone of the site (example.net)`}
}

test_denies_ingress if {
	found := fixture.messages(zone.deny) with input as fixture.of_object("Ingress", {"spec": {"rules": [{"host": "b.example.org"}]}}, {"zones": ["example.net"]})

	found == {`host b.example.org lies in no zone of the site (example.net)`}
}

test_allows_inside if {
	found := fixture.messages(zone.deny) with input as fixture.of_object("HTTPRoute", {"spec": {"hostnames": ["a.example.net"]}}, {"zones": ["example.net"]})

	found == set()
}
