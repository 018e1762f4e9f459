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
