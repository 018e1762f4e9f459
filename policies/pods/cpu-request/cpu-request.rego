# METADATA
# title: CPU requests
# description: |
#   The scheduler and every budget count requests. A container without one is free to them, until the
#   node is full.
# custom:
#   severity: error
#   reference: kube-score container-resources, KSV-0015
#   values: resources.requests.cpu
#   fix: state `resources.requests.cpu`
package pods.cpu_request

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	container.list != "ephemeralContainers"
	not container.resources.requests.cpu
	not container.resources.limits.cpu
	finding := {
		"msg": sprintf("container '%s' requests no CPU", [container.name]),
		"object": pod.id,
		"container": container.name,
	}
}
