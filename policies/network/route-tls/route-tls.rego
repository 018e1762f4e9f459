# METADATA
# title: Hosts without TLS
# description: |
#   A password on a page without TLS is a password for everybody on the way.
# custom:
#   severity: error
#   reference: kyverno/policies require-ingress-https, polaris tlsSettingsMissing
#   values: expose
#   manifest: spec.listeners, spec.tls, spec.hostnames, spec.rules
#   fix: >-
#     attach the route to a gateway listener with TLS (`sectionName: https`); an Ingress states `tls` for its
#     hosts
package network.route_tls

deny contains finding if {
	some id in object.get(input.by_kind, "Gateway", [])
	some number, listener in input.objects[id].spec.listeners
	listener.protocol == "HTTP"
	object.get(listener, ["allowedRoutes", "namespaces", "from"], "Same") != "Same"
	finding := {
		"msg": sprintf("its listener '%s' takes routes of all namespaces without TLS", [listener.name]),
		"object": id,
		"values": ["spec", "listeners", number, "protocol"],
	}
}

deny contains finding if {
	some id in object.get(input.by_kind, "Ingress", [])
	spec := input.objects[id].spec
	secured := {host | some entry in spec.tls; some host in entry.hosts}
	some rule in spec.rules
	not rule.host in secured
	finding := {"msg": sprintf("host %s has no TLS", [object.get(rule, "host", "*")]), "object": id}
}
