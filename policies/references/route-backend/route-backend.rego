# METADATA
# title: Routes that lead nowhere
# description: |
#   A host that leads to a Service or port that does not exist answers with an error to everybody; a
#   route of a gateway or listener that does not exist is served by nobody.
# custom:
#   severity: error
#   reference: kube-linter dangling-ingress, extended to HTTPRoute
#   values: expose
#   manifest: spec.rules, spec.defaultBackend, spec.parentRefs
#   fix: name a Service of the same namespace and one of its ports; a route also names a listener of a rendered gateway
package references.route_backend

deny contains finding if {
	some id in object.get(input.by_kind, "HTTPRoute", [])
	route := input.objects[id]
	some rule in route.spec.rules
	some backend in rule.backendRefs
	object.get(backend, "kind", "Service") == "Service"
	namespace := object.get(backend, "namespace", route.namespace)
	finding := _missing(id, route.environments[_], namespace, backend.name, backend.port)
}

deny contains finding if {
	some id in object.get(input.by_kind, "HTTPRoute", [])
	route := input.objects[id]
	some rule in route.spec.rules
	some filter in rule.filters
	backend := filter.requestMirror.backendRef
	object.get(backend, "kind", "Service") == "Service"
	namespace := object.get(backend, "namespace", route.namespace)
	finding := _missing(id, route.environments[_], namespace, backend.name, backend.port)
}

deny contains finding if {
	some id in object.get(input.by_kind, "HTTPRoute", [])
	route := input.objects[id]
	some parent in route.spec.parentRefs
	object.get(parent, "kind", "Gateway") == "Gateway"
	namespace := object.get(parent, "namespace", route.namespace)
	some environment in route.environments
	facts := input.environments[environment]
	some fault in _unserved(facts, namespace, parent)
	finding := {"msg": fault, "object": id, "environment": environment, "values": ["expose"]}
}

deny contains finding if {
	some id in object.get(input.by_kind, "Ingress", [])
	route := input.objects[id]
	some service in _services(route.spec)
	port := object.get(service.port, "number", object.get(service.port, "name", 0))
	finding := _missing(id, route.environments[_], route.namespace, service.name, port)
}

_missing(id, environment, namespace, name, port) := {
	"msg": sprintf(
		"it leads to Service '%s' port %v in namespace '%s', which is rendered nowhere",
		[name, port, namespace],
	),
	"object": id,
	"environment": environment,
} if {
	facts := input.environments[environment]
	not namespace in facts.open
	not _exists(facts, namespace, name, port)
}

_exists(facts, namespace, name, port) if {
	service := input.objects[facts.index[sprintf("Service/%s/%s", [namespace, name])]]
	some offered in service.spec.ports
	port in {offered.port, object.get(offered, "name", "")}
}

_services(spec) := {path.backend.service | some rule in spec.rules; some path in rule.http.paths} | {service |
	service := spec.defaultBackend.service
}

# Who is judged without a fleet may have the gateways elsewhere.
_unserved(facts, namespace, parent) := {sprintf(
	"it is of the Gateway '%s' of namespace '%s', which is rendered nowhere",
	[parent.name, namespace],
)} if {
	count(facts.namespaces) > 0
	not facts.index[sprintf("Gateway/%s/%s", [namespace, parent.name])]
	_makes_gateways(facts, namespace)
}

_unserved(facts, namespace, parent) := {sprintf(
	"it is of the listener '%s', which the Gateway '%s' of namespace '%s' does not have",
	[parent.sectionName, parent.name, namespace],
)} if {
	gateway := input.objects[facts.index[sprintf("Gateway/%s/%s", [namespace, parent.name])]]
	not parent.sectionName in {listener.name | some listener in gateway.spec.listeners}
}

# In a namespace of somebody's chart a gateway may stand that nobody renders here, unless ours stand there.
_makes_gateways(facts, namespace) if not namespace in facts.open

_makes_gateways(_, namespace) if {
	some id in object.get(input.by_kind, "Gateway", [])
	input.objects[id].namespace == namespace
}
