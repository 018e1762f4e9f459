# METADATA
# title: Privileged containers
# description: |
#   A privileged container is root on its node: it reads every other pod's memory, secrets and volumes.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: Privileged Containers'
#   values: exceptions
#   manifest: securityContext.privileged
#   manifest_fix: drop `privileged` and name the single capability or device that is needed
#   fix: >-
#     drop `privileged` and name the single capability or device that is needed; if nothing else helps, state
#     it under `exceptions`
package pods.privileged

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	container.securityContext.privileged == true
	not pods.granted(pod, container, "privileged")
	finding := {
		"msg": sprintf("container '%s' is privileged", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}
