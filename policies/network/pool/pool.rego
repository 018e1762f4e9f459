# METADATA
# title: Addresses of pools
# description: |
#   An address outside of its pool is announced by nobody, or belongs to somebody else already.
# custom:
#   severity: error
#   reference: architecture.md 7
#   values: load_balancer.ip
#   manifest: metadata.annotations, spec.loadBalancerIP
#   needs: fleet
#   fix: choose a free address of the pool
package network.pool

deny contains finding if {
	some environment, facts in input.environments
	count(facts.pools) > 0
	some id in object.get(input.by_kind, "Service", [])
	service := input.objects[id]
	environment in service.environments
	some address in service.addresses
	not _in_pool(facts.pools, address.value)
	finding := {
		"msg": sprintf(
			"its address %s is in no pool (%s)",
			[address.shown, concat(", ", [pool.shown | some pool in facts.pools])],
		),
		"object": id,
		"environment": environment,
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some pool in facts.pools
	some fault in _faults(pool)
	finding := {
		"msg": sprintf("the pool '%s' (%s) %s", [pool.name, pool.shown, fault]),
		"object": sprintf("%s:AddressPool/-/%s", [environment, pool.name]),
		"environment": environment,
		"place": pool.place,
		"fix": "move the range inside its network, apart from the router, the network's own address and the broadcast",
	}
}

_in_pool(pools, value) if {
	some pool in pools
	pool.first <= value
	value <= pool.last
}

_faults(pool) := ((({"leaves its network" | pool.first < pool.subnet.first} | {"leaves its network" |
	pool.last > pool.subnet.last
}) | {"holds the router" |
	pool.first <= pool.router
	pool.router <= pool.last
}) | {"holds the network's own address" | pool.first == pool.subnet.first}) | {"holds the broadcast address" |
	pool.last == pool.subnet.last
}
