# METADATA
# title: Linux capabilities
# description: |
#   Capabilities are pieces of root. Every container drops all of them; NET_BIND_SERVICE may come back,
#   each other one only by an exception.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, restricted: Capabilities'
#   values: exceptions
#   manifest: securityContext.capabilities.drop, securityContext.capabilities.add
#   manifest_fix: >-
#     write `capabilities: {drop: [ALL]}` in the container's securityContext, and add none but NET_BIND_SERVICE
#   fix: >-
#     write `capabilities: {drop: [ALL]}`; a capability that is needed goes under `exceptions` as `allow:
#     {capabilities: {add: [NAME]}}`
package pods.capabilities

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	not pods.is_windows(pod)
	some container in pod.containers
	not "ALL" in object.get(container, ["securityContext", "capabilities", "drop"], [])
	not pods.granted(pod, container, "privileged")
	finding := {
		"msg": sprintf("container '%s' does not drop ALL capabilities", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	some capability in object.get(container, ["securityContext", "capabilities", "add"], [])
	not capability in _allowed(pod)
	not pods.granted(pod, container, sprintf("capability:%s", [capability]))
	finding := {
		"msg": sprintf("container '%s' adds the capability %s", [container.name, capability]),
		"object": pod.id,
		"container": container.name,
	}
}

_allowed(pod) := {"NET_BIND_SERVICE"} if not pods.is_windows(pod)

# There the baseline alone speaks of capabilities.
_allowed(pod) := {
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
	"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
} if {
	pods.is_windows(pod)
}
