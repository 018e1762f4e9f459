package network.route_tls_test

import data.lib.fixture
import data.network.route_tls

test_denies_open_listener if {
	found := fixture.messages(route_tls.deny) with input as fixture.of_object("Gateway", {"spec": {"listeners": [{"name": "http", "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}]}}, {})

	found == {`its listener 'http' takes routes of all namespaces without TLS`}
}

test_denies_ingress if {
	found := fixture.messages(route_tls.deny) with input as fixture.of_object("Ingress", {"spec": {"rules": [{"host": "a.example.net"}]}}, {})

	found == {`host a.example.net has no TLS`}
}

test_allows_tls if {
	found := fixture.messages(route_tls.deny) with input as fixture.of_object("Ingress", {"spec": {"rules": [{"host": "a.example.net"}], "tls": [{"hosts": ["a.example.net"]}]}}, {})

	found == set()
}
