# METADATA
# title: Read-only root file system
# description: |
#   What cannot write to its image cannot leave a changed program behind. /tmp and every volume stay
#   writable.
# custom:
#   severity: error
#   reference: 'NSA/CISA Kubernetes Hardening Guide: immutable container file systems'
#   values: exceptions
#   manifest: securityContext.readOnlyRootFilesystem
#   manifest_fix: 'write `readOnlyRootFilesystem: true` and give each path that is written an emptyDir'
#   fix: >-
#     write `readOnlyRootFilesystem: true` and give each path that is written an emptyDir; what cannot goes
#     under `exceptions`
package pods.read_only_root

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	not pods.is_windows(pod)
	some container in pod.containers
	object.get(container, ["securityContext", "readOnlyRootFilesystem"], false) != true
	not pods.granted(pod, container, "readOnlyRootFilesystem")
	finding := {
		"msg": sprintf("container '%s' may write to its image", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}
