# METADATA
# title: User 0
# description: |
#   User id 0 is root, whatever else the pod says about itself.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, restricted: Running as Non-root User'
#   values: securityContext.runAsUser
#   manifest_fix: choose a user id of 1 or more under `runAsUser`
#   fix: 'choose a user id of 1 or more; an image that needs root goes under `exceptions` as `allow: {runAsUser: 0}`'
package pods.run_as_user

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some minor in pod.minors
	not pods.has_user_namespace(pod, minor)
	some context in pods.contexts(pod)
	context.context.runAsUser == 0
	not _granted(pod, context)
	finding := {"msg": sprintf("%s runs as user 0", [context.who]), "object": pod.id}
}

_granted(pod, context) if pods.granted(pod, {"name": context.container}, "runAsUser")

_granted(pod, context) if {
	context.container == ""
	pods.granted_to_pod(pod, "runAsUser")
}
