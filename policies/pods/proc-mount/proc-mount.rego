# METADATA
# title: The whole of /proc
# description: |
#   procMount Unmasked shows a container the parts of /proc that can change the node.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, restricted: /proc Mount Type'
#   values: exceptions
#   manifest: securityContext.procMount
#   manifest_fix: take `procMount` away
#   fix: take `procMount` away, or state it under `exceptions`
package pods.proc_mount

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	mount := container.securityContext.procMount
	mount != "Default"
	not pods.granted(pod, container, "procMount")
	finding := {
		"msg": sprintf("container '%s' has the procMount %s", [container.name, mount]),
		"object": pod.id,
		"container": container.name,
	}
}
