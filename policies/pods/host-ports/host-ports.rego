# METADATA
# title: Ports of the node
# description: |
#   A host port is open on the node's address, past every Service and every network policy, and only one
#   pod of the node can have it.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: Host Ports'
#   values: exceptions
#   manifest: ports
#   manifest_fix: take `hostPort` away and use a Service
#   fix: >-
#     use a Service (`load_balancer` for callers outside), or state `allow: {hostPort: {port: number}}` under
#     `exceptions`
package pods.host_ports

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	some port in container.ports
	port.hostPort > 0
	not pods.granted(pod, container, sprintf("hostPort:%d", [port.hostPort]))
	not pods.granted_to_pod(pod, "hostNetwork")
	finding := {
		"msg": sprintf("container '%s' takes port %d of its node", [container.name, port.hostPort]),
		"object": pod.id,
		"container": container.name,
	}
}
