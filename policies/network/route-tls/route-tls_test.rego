package network.route_tls_test

import data.lib.fixture
import data.network.route_tls

test_denies_open_listener if {
	fixture.messages(route_tls.deny) == {`its listener 'http' takes routes of all namespaces without TLS`} with input as fixture.of_object("Gateway", {"spec": {"listeners": [{"name": "http", "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}}]}}, {})
}

test_denies_ingress if {
	fixture.messages(route_tls.deny) == {`host a.example.net has no TLS`} with input as fixture.of_object("Ingress", {"spec": {"rules": [{"host": "a.example.net"}]}}, {})
}

test_allows_tls if {
	fixture.messages(route_tls.deny) == set() with input as fixture.of_object("Ingress", {"spec": {"rules": [{"host": "a.example.net"}], "tls": [{"hosts": ["a.example.net"]}]}}, {})
}
