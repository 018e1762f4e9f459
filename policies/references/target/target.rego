# METADATA
# title: Targets that are missing
# description: |
#   An autoscaler without a workload scales nothing; a StatefulSet without its headless Service gives
#   its pods no names; a binding without its role or account grants nothing; a budget of disruptions
#   without pods protects nothing.
# custom:
#   severity: error
#   manifest: spec.scaleTargetRef, spec.serviceName, spec.selector, roleRef, subjects
#   reference: kube-score statefulset-has-servicename, horizontalpodautoscaler-has-target
#   fix: name what is rendered in the same namespace
package references.target

deny contains finding if {
	some id in object.get(input.by_kind, "HorizontalPodAutoscaler", [])
	scaler := input.objects[id]
	target := scaler.spec.scaleTargetRef
	some environment in scaler.environments
	not input.environments[environment].index[sprintf("%s/%s/%s", [target.kind, scaler.namespace, target.name])]
	finding := {
		"msg": sprintf("it scales %s/%s, which is rendered nowhere", [target.kind, target.name]),
		"object": id,
		"environment": environment,
	}
}

deny contains finding if {
	some id in object.get(input.by_kind, "StatefulSet", [])
	owner := input.objects[id]
	name := object.get(owner, ["spec", "serviceName"], "")
	name != ""
	some environment in owner.environments
	not input.environments[environment].index[sprintf("Service/%s/%s", [owner.namespace, name])]
	finding := {
		"msg": sprintf("its serviceName is '%s', a Service that is rendered nowhere", [name]),
		"object": id,
		"environment": environment,
	}
}

deny contains finding if {
	some id in object.get(input.by_kind, "RoleBinding", [])
	binding := input.objects[id]
	binding.roleRef.kind == "Role"
	finding := _unbound(id, binding.environments[_], "Role", binding.namespace, binding.roleRef.name)
}

deny contains finding if {
	some kind in ["RoleBinding", "ClusterRoleBinding"]
	some id in object.get(input.by_kind, kind, [])
	binding := input.objects[id]
	some subject in binding.subjects
	subject.kind == "ServiceAccount"
	subject.name != "default"
	namespace := object.get(subject, "namespace", binding.namespace)
	finding := _unbound(id, binding.environments[_], "ServiceAccount", namespace, subject.name)
}

deny contains finding if {
	some environment, facts in input.environments
	some id in object.get(input.by_kind, "PodDisruptionBudget", [])
	count(facts.selected[id]) == 0
	not input.objects[id].namespace in facts.open
	finding := {"msg": "it selects no pod", "object": id, "environment": environment}
}

# Charts of others make roles and accounts in their own namespaces.
_unbound(id, environment, kind, namespace, name) := {
	"msg": sprintf("it binds %s '%s' of namespace '%s', which is rendered nowhere", [kind, name, namespace]),
	"object": id,
	"environment": environment,
} if {
	facts := input.environments[environment]
	not namespace in facts.open
	not facts.index[sprintf("%s/%s/%s", [kind, namespace, name])]
}
