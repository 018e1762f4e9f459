package references.route_backend_test

import data.lib.fixture
import data.references.route_backend

test_denies_absent_service if {
	found := fixture.messages(route_backend.deny) with input as _route("web", 80, [])

	found == {`it leads to Service 'web' port 80 in namespace 'media', which is rendered nowhere`}
}

test_denies_absent_port if {
	found := fixture.messages(route_backend.deny) with input as _route("app", 81, [])

	found == {`it leads to Service 'app' port 81 in namespace 'media', which is rendered nowhere`}
}

test_allows_rendered if {
	fixture.messages(route_backend.deny) == set() with input as _route("app", 80, [])
}

test_allows_service_of_a_chart if {
	fixture.messages(route_backend.deny) == set() with input as _route("web", 80, ["media"])
}

test_denies_ingress if {
	found := fixture.messages(route_backend.deny) with input as _ingress("web", {"name": "http"})

	found == {`it leads to Service 'web' port http in namespace 'media', which is rendered nowhere`}
}

test_allows_ingress if {
	fixture.messages(route_backend.deny) == set() with input as _ingress("app", {"number": 80})
}

test_denies_default_backend if {
	document := _document("Ingress", {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}, [])

	fixture.messages(route_backend.deny) == {
		`it leads to Service 'web' port 80 in namespace 'media', which is rendered nowhere`,
	} with input as document
}

test_denies_mirror if {
	rule := {"filters": [{"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "web", "port": 80}}}]}

	fixture.messages(route_backend.deny) == {
		`it leads to Service 'web' port 80 in namespace 'media', which is rendered nowhere`,
	} with input as _document("HTTPRoute", {"rules": [rule]}, [])
}

test_denies_absent_gateway if {
	fixture.messages(route_backend.deny) == {
		`it is of the Gateway 'wan' of namespace 'media', which is rendered nowhere`,
	} with input as _attached({"name": "wan"}, [])
}

test_denies_absent_gateway_beside_ours if {
	fixture.messages(route_backend.deny) == {
		`it is of the Gateway 'wan' of namespace 'traefik', which is rendered nowhere`,
	} with input as _attached({"name": "wan", "namespace": "traefik"}, ["traefik"])
}

test_denies_absent_listener if {
	fixture.messages(route_backend.deny) == {
		`it is of the listener 'web', which the Gateway 'lan' of namespace 'traefik' does not have`,
	} with input as _attached({"name": "lan", "namespace": "traefik", "sectionName": "web"}, ["traefik"])
}

test_allows_listener if {
	parent := {"name": "lan", "namespace": "traefik", "sectionName": "https"}

	fixture.messages(route_backend.deny) == set() with input as _attached(parent, ["traefik"])
}

test_allows_gateway_of_a_chart if {
	fixture.messages(route_backend.deny) == set() with input as _attached({"name": "a", "namespace": "b"}, ["b"])
}

_attached(parent, open) := {
	"by_kind": {"HTTPRoute": ["r"], "Gateway": ["g"]},
	"objects": {
		"r": {"namespace": "media", "environments": ["prod"], "spec": {"parentRefs": [parent]}},
		"g": {"namespace": "traefik", "spec": {"listeners": [{"name": "https"}]}},
	},
	"environments": {"prod": {"namespaces": {"media": {}}, "open": open, "index": {"Gateway/traefik/lan": "g"}}},
}

_route(name, port, open) := _document("HTTPRoute", {"rules": [{"backendRefs": [{"name": name, "port": port}]}]}, open)

_ingress(name, port) := _document(
	"Ingress",
	{"rules": [{"http": {"paths": [{"backend": {"service": {"name": name, "port": port}}}]}}]},
	[],
)

_document(kind, spec, open) := {
	"by_kind": {kind: ["r"]},
	"objects": {
		"r": {"namespace": "media", "environments": ["prod"], "spec": spec},
		"s": {"spec": {"ports": [{"port": 80, "name": "web"}]}},
	},
	"environments": {"prod": {"open": open, "index": {"Service/media/app": "s"}}},
}
