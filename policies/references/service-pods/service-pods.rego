# METADATA
# title: Services without pods
# description: |
#   A Service that selects no pod answers nothing, and nothing says so.
# custom:
#   severity: error
#   manifest: spec.selector
#   reference: kube-score service-targets-pod, kube-linter dangling-service
#   fix: select the labels of a rendered workload of the same namespace
package references.service_pods

deny contains finding if {
	some environment, facts in input.environments
	some id, pods in facts.selected
	service := input.objects[id]
	service.kind == "Service"
	not service.namespace in facts.open
	count(pods) == 0
	finding := {"msg": "it selects no pod", "object": id, "environment": environment}
}
