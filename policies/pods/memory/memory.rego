# METADATA
# title: Memory requests and limits
# description: |
#   Memory cannot be taken back from a process. Without a limit one leak evicts its neighbours; without
#   a request no budget and no scheduler sees the container.
# custom:
#   severity: error
#   reference: kube-score container-resources, KSV-0016, KSV-0018
#   values: resources.limits.memory
#   fix: state `resources.requests.memory` and `resources.limits.memory`
package pods.memory

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	container.list != "ephemeralContainers"
	not container.resources.limits.memory
	finding := {
		"msg": sprintf("container '%s' has no memory limit", [container.name]),
		"object": pod.id,
		"container": container.name,
		"values": ["resources", "limits", "memory"],
	}
}

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	container.list != "ephemeralContainers"
	not container.resources.requests.memory
	not container.resources.limits.memory
	finding := {
		"msg": sprintf("container '%s' requests no memory", [container.name]),
		"object": pod.id,
		"container": container.name,
		"values": ["resources", "requests", "memory"],
	}
}
