# METADATA
# title: Tokens of the API server
# description: |
#   A token in a pod speaks to the API server for whoever takes it. Only pods whose account has a role
#   need one.
# custom:
#   severity: error
#   reference: CIS Kubernetes Benchmark 5.1.6
#   values: rbac
#   manifest: automountServiceAccountToken, serviceAccountName
#   manifest_fix: 'write `automountServiceAccountToken: false`, or bind a role to the account'
#   fix: >-
#     write `automountServiceAccountToken: false`; what calls the API server states `rbac`, and gets its token
#     by that
package pods.service_account_token

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	object.get(pod.spec, "automountServiceAccountToken", true) != false
	some environment in pod.environments
	account := object.get(pod.spec, "serviceAccountName", "default")
	not _mounts_nothing(pod, account, environment)
	not _has_role(pod, account, environment)
	finding := {
		"msg": sprintf("the pod mounts the token of ServiceAccount '%s', which has no role", [account]),
		"object": pod.id,
		"environment": environment,
	}
}

# The account itself says so, and the pod does not say otherwise.
_mounts_nothing(pod, account, environment) if {
	not pod.spec.automountServiceAccountToken
	id := input.environments[environment].index[sprintf("ServiceAccount/%s/%s", [pod.namespace, account])]
	input.objects[id].automountServiceAccountToken == false
}

_has_role(pod, account, environment) if {
	sprintf("%s/%s", [pod.namespace, account]) in input.environments[environment].bound
}
