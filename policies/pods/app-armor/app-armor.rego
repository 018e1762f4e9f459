# METADATA
# title: AppArmor profiles
# description: |
#   AppArmor confines what a process may do to files and mounts. Unconfined is less than every node does
#   by itself.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: AppArmor'
#   values: exceptions
#   manifest: securityContext.appArmorProfile
#   manifest_fix: leave the profile away, or use RuntimeDefault or Localhost
#   fix: leave the profile away, or use RuntimeDefault or Localhost; another one goes under `exceptions`
package pods.app_armor

import data.lib.pods

_annotation := "container.apparmor.security.beta.kubernetes.io/"

deny contains finding if {
	some pod in input.pods
	some context in pods.contexts(pod)
	profile := context.context.appArmorProfile.type
	not profile in {"RuntimeDefault", "Localhost"}
	not pods.granted_to_pod(pod, "appArmorProfile")
	finding := {"msg": sprintf("%s has the AppArmor profile %s", [context.who, profile]), "object": pod.id}
}

deny contains finding if {
	some pod in input.pods
	some key, profile in pod.annotations
	startswith(key, _annotation)
	not profile in {"", "runtime/default"}
	not startswith(profile, "localhost/")
	finding := {
		"msg": sprintf("container '%s' has the AppArmor profile %s", [trim_prefix(key, _annotation), profile]),
		"object": pod.id,
		"values": ["annotations", key],
	}
}
