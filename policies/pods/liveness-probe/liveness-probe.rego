# METADATA
# title: Liveness probes
# description: |
#   A process that hangs without ending stays for ever, unless somebody asks it now and then.
# custom:
#   severity: warning
#   reference: CKV_K8S_8, KSV liveness
#   values: probes
#   manifest_fix: write a `livenessProbe`
#   fix: 'state `probes: {liveness: ...}`'
package pods.liveness_probe

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	some container in pod.containers
	pods.is_long_running(pod, container)
	not container.livenessProbe
	not container.startupProbe
	finding := {
		"msg": sprintf("container '%s' has no liveness probe", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}
