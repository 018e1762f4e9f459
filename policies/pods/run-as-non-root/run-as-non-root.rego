# METADATA
# title: Not as root
# description: |
#   Root in a container is root on the node as soon as anything else fails. A user namespace of the
#   pod's own (`hostUsers: false`) is as good from 1.35 on.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, restricted: Running as Non-root'
#   values: securityContext
#   manifest: securityContext.runAsNonRoot
#   manifest_fix: 'write `runAsNonRoot: true` in the pod''s securityContext'
#   fix: 'write `runAsNonRoot: true` in the pod''s securityContext; an image that needs root goes under `exceptions`'
package pods.run_as_non_root

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	some minor in pod.minors
	not pods.has_user_namespace(pod, minor)
	whole := object.get(pod.spec, ["securityContext", "runAsNonRoot"], false)
	some container in pod.containers
	object.get(container, ["securityContext", "runAsNonRoot"], whole) != true
	not pods.granted(pod, container, "runAsNonRoot")
	not pods.granted(pod, container, "runAsUser")
	finding := {
		"msg": sprintf("container '%s' may run as root", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}

# What the pod itself says counts even where every container says otherwise.
deny contains finding if {
	some pod in input.pods
	some minor in pod.minors
	not pods.has_user_namespace(pod, minor)
	pod.spec.securityContext.runAsNonRoot == false
	not pods.granted_to_pod(pod, "runAsNonRoot")
	not pods.granted_to_pod(pod, "runAsUser")
	not _inherited(pod)
	finding := {"msg": "the pod may run as root", "object": pod.id}
}

# A container that says nothing has the finding already.
_inherited(pod) if {
	pods.is_complete(pod)
	some container in pod.containers
	object.get(container, ["securityContext", "runAsNonRoot"], "unsaid") == "unsaid"
	not pods.granted(pod, container, "runAsNonRoot")
	not pods.granted(pod, container, "runAsUser")
}
