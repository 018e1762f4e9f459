# METADATA
# title: Readiness probes
# description: |
#   Without a readiness probe a Service sends requests to a process that is still starting, and a
#   rollout goes on although nothing works.
# custom:
#   severity: error
#   reference: kube-score pod-probes, CKV_K8S_9
#   values: probes
#   manifest: ports
#   manifest_fix: write a `readinessProbe`
#   fix: 'state `probes: /path`, `probes: tcp:port`, or `probes: {none: reason}` and a waiver'
package pods.readiness_probe

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	some container in pod.containers
	container.list == "containers"
	pods.is_long_running(pod, container)
	count(object.get(container, "ports", [])) > 0
	not container.readinessProbe
	finding := {
		"msg": sprintf("container '%s' has ports and no readiness probe", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}
