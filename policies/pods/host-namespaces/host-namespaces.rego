# METADATA
# title: Namespaces of the node
# description: |
#   A pod in the node's network, process or IPC namespace sees and reaches what no network policy and no
#   pod boundary guards.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: Host Namespaces'
#   values: exceptions
#   manifest: hostNetwork, hostPID, hostIPC
#   manifest_fix: take the field away
#   fix: 'take the field away, or state `allow: {hostNetwork: true}` under `exceptions` with a reason and an end date'
package pods.host_namespaces

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	pod.spec[field] == true
	not pods.granted_to_pod(pod, field)
	finding := {
		"msg": sprintf("the pod sets %s, so it shares a namespace with its node", [field]),
		"object": pod.id,
	}
}
