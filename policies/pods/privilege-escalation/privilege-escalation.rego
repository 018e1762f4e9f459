# METADATA
# title: Privilege escalation
# description: |
#   Without no_new_privs a setuid program in the image makes its caller root.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, restricted: Privilege Escalation'
#   values: exceptions
#   manifest: securityContext.allowPrivilegeEscalation
#   fix: 'write `allowPrivilegeEscalation: false` for the container'
package pods.privilege_escalation

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	not pods.is_windows(pod)
	some container in pod.containers
	object.get(container, ["securityContext", "allowPrivilegeEscalation"], true) != false
	not pods.granted(pod, container, "allowPrivilegeEscalation")
	not pods.granted(pod, container, "privileged")
	finding := {
		"msg": sprintf("container '%s' may gain privileges", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}
