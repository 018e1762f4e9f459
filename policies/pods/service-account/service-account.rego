# METADATA
# title: Accounts of pods
# description: |
#   The account `default` is shared by everything in its namespace, so a role for one pod is a role for
#   all. An account that is not rendered keeps the pod from starting.
# custom:
#   severity: error
#   manifest: serviceAccountName
#   reference: kube-linter non-existent-service-account, CIS Kubernetes Benchmark 5.1.5
#   fix: give the workload a ServiceAccount of its own in the same namespace
package pods.service_account

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	object.get(pod.spec, "serviceAccountName", "default") == "default"
	finding := {"msg": "the pod uses the account 'default' of its namespace", "object": pod.id}
}

deny contains finding if {
	some pod in input.pods
	account := pod.spec.serviceAccountName
	account != "default"
	some environment in pod.environments
	facts := input.environments[environment]
	not pod.namespace in facts.open
	not facts.index[sprintf("ServiceAccount/%s/%s", [pod.namespace, account])]
	finding := {
		"msg": sprintf("ServiceAccount '%s' is rendered nowhere in namespace '%s'", [account, pod.namespace]),
		"object": pod.id,
		"environment": environment,
	}
}
