# METADATA
# title: Host names of the site
# description: |
#   A host outside of the site's zones gets no address and no certificate.
# custom:
#   severity: error
#   reference: 'house rule: names lie in owned zones'
#   values: expose
#   manifest: spec.hostnames, spec.rules
#   fix: use a name below the site's `zone`
package network.zone

deny contains finding if {
	some kind in ["HTTPRoute", "Ingress"]
	some id in object.get(input.by_kind, kind, [])
	found := input.objects[id]
	some environment in found.environments
	zones := input.environments[environment].zones
	count(zones) > 0
	some host in _hosts(found)
	not _inside(host, zones)
	finding := {
		"msg": sprintf("host %s lies in no zone of the site (%s)", [host, concat(", ", zones)]),
		"object": id,
		"environment": environment,
	}
}

_hosts(found) := {host | some host in found.spec.hostnames} | {rule.host | some rule in found.spec.rules}

_inside(host, zones) if {
	some zone in zones
	endswith(host, concat("", [".", zone]))
}

_inside(host, zones) if host in zones
