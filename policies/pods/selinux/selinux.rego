# METADATA
# title: SELinux labels
# description: |
#   A chosen SELinux user, role or type may be a more powerful one than containers get.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: SELinux'
#   values: exceptions
#   manifest: securityContext.seLinuxOptions
#   manifest_fix: take `seLinuxOptions` away
#   fix: take `seLinuxOptions` away, or state it under `exceptions`
package pods.selinux

import data.lib.pods

_types := {"container_t": 0, "container_init_t": 0, "container_kvm_t": 0, "container_engine_t": 31}

deny contains finding if {
	some pod in input.pods
	some minor in pod.minors
	some context in pods.contexts(pod)
	kind := context.context.seLinuxOptions.type
	kind != ""
	object.get(_types, kind, minor + 1) > minor
	not pods.granted_to_pod(pod, "seLinuxOptions")
	finding := {"msg": sprintf("%s has the SELinux type %s", [context.who, kind]), "object": pod.id}
}

deny contains finding if {
	some pod in input.pods
	some context in pods.contexts(pod)
	some field in ["user", "role"]
	value := context.context.seLinuxOptions[field]
	value != ""
	not pods.granted_to_pod(pod, "seLinuxOptions")
	finding := {"msg": sprintf("%s has the SELinux %s %s", [context.who, field, value]), "object": pod.id}
}
