# METADATA
# title: Selectors that take others' pods
# description: |
#   If the labels of one workload's pods satisfy the selector of another, Services and policies cannot
#   tell them apart, and a Deployment may adopt what is not its own.
# custom:
#   severity: error
#   manifest: spec.selector
#   reference: gatekeeper-library uniqueserviceselector, extended to workloads
#   fix: give each workload a label of its own (`app.kubernetes.io/component`) and select by it
package workloads.shared_selector

deny contains finding if {
	some environment, facts in input.environments
	some id, pods in facts.selected
	input.objects[id].kind in {"Deployment", "StatefulSet", "DaemonSet"}
	others := [other | some other in pods; other != id]
	count(others) > 0
	finding := {
		"msg": sprintf(
			"its selector also takes the pods of %s",
			[concat(", ", sort([_name(other) | some other in others]))],
		),
		"objects": array.concat([id], others),
		"environment": environment,
	}
}

_name(id) := sprintf("%s/%s", [input.objects[id].kind, input.objects[id].name])
