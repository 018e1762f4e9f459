# METADATA
# title: Seccomp profiles
# description: |
#   The runtime's own seccomp profile takes away the system calls that most escapes from containers
#   needed.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, restricted: Seccomp'
#   values: securityContext
#   manifest: securityContext.seccompProfile
#   fix: 'write `seccompProfile: {type: RuntimeDefault}` in the pod''s securityContext'
package pods.seccomp

import data.lib.pods

_confined := {"RuntimeDefault", "Localhost"}

deny contains finding if {
	some pod in input.pods
	some context in pods.contexts(pod)
	profile := context.context.seccompProfile.type
	not profile in _confined
	not pods.granted_to_pod(pod, "seccompProfile")
	finding := {"msg": sprintf("%s has the seccomp profile %s", [context.who, profile]), "object": pod.id}
}

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	not pods.is_windows(pod)
	not pod.spec.securityContext.seccompProfile.type
	some container in pod.containers
	not container.securityContext.seccompProfile.type
	finding := {
		"msg": sprintf("container '%s' has no seccomp profile", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}
