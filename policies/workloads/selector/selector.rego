# METADATA
# title: Selectors of workloads
# description: |
#   The API server refuses a workload whose selector does not match the labels of its own pods; one
#   without a selector of its own takes other pods.
# custom:
#   severity: error
#   manifest: spec.selector
#   reference: kube-linter mismatching-selector
#   fix: give the pod template every label of `selector.matchLabels`
package workloads.selector

deny contains finding if {
	some pod in input.pods
	pod.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}
	wanted := object.get(input.objects[pod.id], ["spec", "selector", "matchLabels"], {})
	some key, value in wanted
	object.get(pod.labels, key, "") != value
	finding := {
		"msg": sprintf("its selector wants the label %s: %s, its pods do not have it", [key, value]),
		"object": pod.id,
	}
}

deny contains finding if {
	some pod in input.pods
	pod.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}
	selector := object.get(input.objects[pod.id], ["spec", "selector"], {})
	count(object.get(selector, "matchLabels", {})) == 0
	count(object.get(selector, "matchExpressions", [])) == 0
	finding := {"msg": "it has no selector", "object": pod.id}
}
