# METADATA
# title: Hosts without TLS
# description: |
#   A password on a page without TLS is a password for everybody on the way. A host that its gateway's
#   certificate does not cover is a warning that people learn to click away.
# custom:
#   severity: error
#   reference: kyverno/policies require-ingress-https, polaris tlsSettingsMissing
#   values: expose
#   manifest: spec.listeners, spec.tls, spec.hostnames, spec.rules
#   manifest_fix: >-
#     attach the route to a gateway listener with TLS, whose certificate covers the host; an Ingress states
#     `tls` for its hosts
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

deny contains finding if {
	some id in object.get(input.by_kind, "HTTPRoute", [])
	route := input.objects[id]
	some environment in route.environments
	secrets := {secret |
		some parent in route.spec.parentRefs
		namespace := object.get(parent, "namespace", route.namespace)
		gateway := input.environments[environment].index[sprintf("Gateway/%s/%s", [namespace, parent.name])]
		some secret in _shown(input.objects[gateway], parent)
	}
	names := {entry.name |
		some entry in _certified
		entry.environment == environment
		entry.secret in secrets
	}
	count(names) > 0
	some host in route.spec.hostnames
	_is_ours(host, input.environments[environment].zones)
	not _covered(host, names)
	finding := {
		"msg": sprintf("host %s is not covered by the certificate of its gateway (%s)", [host, concat(", ", names)]),
		"object": id,
		"environment": environment,
		"fix": "write the host as one label below the zone: a certificate for `*.zone` covers no deeper name",
	}
}

# The Secrets that the listeners of a route show, as namespace/name.
_shown(gateway, parent) := {secret |
	some listener in gateway.spec.listeners
	object.get(parent, "sectionName", listener.name) == listener.name
	some reference in listener.tls.certificateRefs
	secret := sprintf("%s/%s", [object.get(reference, "namespace", gateway.namespace), reference.name])
}

# Which name of which environment the Secret of a rendered certificate is good for.
_certified contains entry if {
	some id in object.get(input.by_kind, "Certificate", [])
	certificate := input.objects[id]
	some environment in certificate.environments
	some name in certificate.spec.dnsNames
	secret := sprintf("%s/%s", [certificate.namespace, certificate.spec.secretName])
	entry := {"environment": environment, "secret": secret, "name": name}
}

# Of a host in no zone of the site network/zone has said it.
_is_ours(_, zones) if count(zones) == 0

_is_ours(host, zones) if {
	some zone in zones
	endswith(host, concat("", [".", zone]))
}

_covered(host, names) if host in names

_covered(host, names) if sprintf("*.%s", [concat(".", array.slice(split(host, "."), 1, count(host)))]) in names
