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

test_denies_host_below_the_wildcard if {
	fixture.messages(route_tls.deny) == {
		`host a.b.example.net is not covered by the certificate of its gateway (*.example.net, example.net)`,
	} with input as _route(["a.b.example.net", "a.example.net", "example.net"], {"sectionName": "https"}, [])
}

test_leaves_hosts_of_other_zones_to_their_rule if {
	fixture.messages(route_tls.deny) == {
		`host a.b.example.net is not covered by the certificate of its gateway (*.example.net, example.net)`,
	} with input as _route(["a.b.example.net", "a.example.com"], {"sectionName": "https"}, ["example.net"])
}

test_leaves_other_certificates_alone if {
	fixture.messages(route_tls.deny) == set() with input as _route(["a.b.example.net"], {"sectionName": "plain"}, [])
}

_route(hosts, parent, zones) := {
	"by_kind": {"HTTPRoute": ["r"], "Certificate": ["c"]},
	"objects": {
		"r": {"namespace": "media", "environments": ["prod"], "spec": {
			"hostnames": hosts,
			"parentRefs": [object.union({"name": "lan", "namespace": "traefik"}, parent)],
		}},
		"g": {"namespace": "traefik", "spec": {"listeners": [
			{"name": "https", "tls": {"certificateRefs": [{"name": "wild"}]}},
			{"name": "plain"},
		]}},
		"c": {"namespace": "traefik", "environments": ["prod"], "spec": {
			"secretName": "wild",
			"dnsNames": ["example.net", "*.example.net"],
		}},
	},
	"environments": {"prod": {"index": {"Gateway/traefik/lan": "g"}, "zones": zones}},
}
