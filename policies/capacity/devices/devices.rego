# METADATA
# title: Devices that no node has
# description: |
#   A pod that asks for a device which no node offers waits for ever.
# custom:
#   severity: error
#   reference: 'house rule: `devices` of the inventory'
#   values: devices
#   needs: fleet
#   fix: give a node the device in values/inventory/, or take it from the service
package capacity.devices

deny contains finding if {
	some pod in input.pods
	some environment in pod.environments
	facts := input.environments[environment]
	count(facts.nodes) > 0
	some container in pod.containers
	some resource, amount in container.resources.limits
	contains(resource, "/")
	offered := [many | some node in facts.nodes; many := node.resources[resource]]
	not _enough(offered, amount)
	finding := {
		"msg": sprintf(
			"container '%s' asks for %v of %s, no node offers that many",
			[container.name, amount, resource],
		),
		"object": pod.id,
		"environment": environment,
		"container": container.name,
	}
}

_enough(offered, amount) if max(offered) >= to_number(amount)
