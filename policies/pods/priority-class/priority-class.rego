# METADATA
# title: Priority classes
# description: |
#   When a node is lost, priority decides what runs on the rest. Without a class the database and the
#   demo are equals.
# custom:
#   severity: error
#   reference: polaris priorityClassNotSet
#   values: priorityClassName
#   manifest_fix: write `priorityClassName`
#   fix: state `priorityClassName`, of the classes in `priority_classes` of the site
package pods.priority_class

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	pods.is_complete(pod)
	not pod.spec.priorityClassName
	finding := {"msg": "the pod has no priority class", "object": pod.id}
}

deny contains finding if {
	some pod in input.pods
	class := pod.spec.priorityClassName
	not startswith(class, "system-")
	some environment in pod.environments
	known := input.environments[environment].priority_classes
	count(known) > 0
	not class in object.keys(known)
	finding := {
		"msg": sprintf("the pod has the priority class '%s', which the site does not have", [class]),
		"object": pod.id,
		"environment": environment,
	}
}
