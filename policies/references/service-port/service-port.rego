# METADATA
# title: Ports of Services
# description: |
#   A Service whose target port no pod has sends every request into nothing.
# custom:
#   severity: error
#   manifest: spec.ports
#   reference: kube-score service-targets-pod
#   fix: let `targetPort` name a container port of the pods that it selects
package references.service_port

deny contains finding if {
	some environment, facts in input.environments
	some id, ports in facts.ports
	count(facts.selected[id]) > 0
	some port in input.objects[id].spec.ports
	target := object.get(port, "targetPort", port.port)
	not _listens(ports, target, object.get(port, "protocol", "TCP"))
	finding := {
		"msg": sprintf("port %v leads to %v, which no container of its pods has", [port.port, target]),
		"object": id,
		"environment": environment,
	}
}

_listens(ports, target, protocol) if {
	some port in ports
	target in {port.name, port.number}
	port.protocol == protocol
}
