# METADATA
# title: Ways in from outside
# description: |
#   A node port opens every node, an external IP takes over an address. What is reached from outside has
#   a LoadBalancer with an address of a pool, or a gateway.
# custom:
#   severity: error
#   reference: CVE-2020-8554, gatekeeper-library externalip and block-nodeport-services, KSV-0108
#   values: load_balancer
#   manifest: spec.type, spec.externalIPs
#   manifest_fix: >-
#     use the type ClusterIP behind an HTTPRoute or Ingress, or a LoadBalancer that states its address
#     (`metallb.io/loadBalancerIPs`, `lbipam.cilium.io/ips`)
#   fix: use `expose` for HTTP, `load_balancer` with an address of the pool for the rest
package network.exposure

deny contains finding if {
	some id in input.by_kind.Service
	service := input.objects[id]
	service.spec.type == "NodePort"
	finding := {"msg": "it is a NodePort, open on every node", "object": id}
}

deny contains finding if {
	some id in input.by_kind.Service
	addresses := input.objects[id].spec.externalIPs
	count(addresses) > 0
	finding := {"msg": sprintf("it takes the external addresses %s", [concat(", ", addresses)]), "object": id}
}

deny contains finding if {
	some id in input.by_kind.Service
	service := input.objects[id]
	service.spec.type == "LoadBalancer"
	count(service.addresses) == 0
	finding := {"msg": "it is a LoadBalancer without an address of its own", "object": id}
}
