# METADATA
# title: Probes of other hosts
# description: |
#   A probe or hook with a host makes the kubelet send requests wherever the pod's author likes, from
#   the node's own address.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: Host Probes and Lifecycle Hooks (1.34)'
#   values: probes
#   manifest: livenessProbe, readinessProbe, startupProbe, lifecycle
#   fix: 'take `host` out of the probe or hook: without it the pod itself is asked'
package pods.host_probes

deny contains finding if {
	some pod in input.pods
	some minor in pod.minors
	minor >= 34
	some container in pod.containers
	some handler in _handlers(container)
	some kind in ["httpGet", "tcpSocket"]
	host := handler.action[kind].host
	host != ""
	finding := {
		"msg": sprintf("%s of container '%s' asks the host %s", [handler.name, container.name, host]),
		"object": pod.id,
		"container": container.name,
	}
}

_handlers(container) := array.concat(
	[{"name": name, "action": container[name]} | some name in ["livenessProbe", "readinessProbe", "startupProbe"]],
	[{"name": name, "action": container.lifecycle[name]} | some name in ["postStart", "preStop"]],
)
