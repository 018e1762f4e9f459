# METADATA
# title: Identical probes
# description: |
#   If liveness and readiness are the same question at the same pace, a slow dependency restarts the pod
#   instead of taking it out of service.
# custom:
#   severity: error
#   reference: kube-score pod-probes-identical
#   values: probes
#   manifest: livenessProbe
#   fix: give liveness more patience (failureThreshold, periodSeconds) or a question of its own
package pods.identical_probes

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	container.livenessProbe == container.readinessProbe
	finding := {
		"msg": sprintf("container '%s' asks the same for liveness and readiness", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}
