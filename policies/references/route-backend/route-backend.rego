# METADATA
# title: Routes that lead nowhere
# description: |
#   A host that leads to a Service or port that does not exist answers with an error to everybody.
# custom:
#   severity: error
#   reference: kube-linter dangling-ingress, extended to HTTPRoute
#   values: expose
#   manifest: spec.rules
#   fix: name a Service of the same namespace and one of its ports
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
	some id in object.get(input.by_kind, "Ingress", [])
	route := input.objects[id]
	some rule in route.spec.rules
	some path in rule.http.paths
	service := path.backend.service
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
