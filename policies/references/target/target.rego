# METADATA
# title: Targets of autoscalers and StatefulSets
# description: |
#   An autoscaler without a workload scales nothing; a StatefulSet without its headless Service gives
#   its pods no names.
# custom:
#   severity: error
#   manifest: spec.scaleTargetRef, spec.serviceName
#   reference: kube-score statefulset-has-servicename, horizontalpodautoscaler-has-target
#   fix: name a rendered workload (Service) of the same namespace
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
