# METADATA
# title: Volumes and their pools
# description: |
#   Every volume takes its size once per copy of its class. What the pool cannot hold is a claim that
#   waits, or a disk that fills.
# custom:
#   severity: error
#   reference: 'Longhorn: volume size times replicas'
#   values: storage
#   needs: fleet
#   fix: make volumes smaller, add a disk to the inventory, or use a class with fewer copies
package capacity.storage

deny contains finding if {
	some environment, facts in input.environments
	some pool in {class.pool | some class in facts.classes; class.pool != null}
	disks := sort([bytes | some node in facts.nodes; bytes := node.disks[pool]])
	count(disks) > 0
	left := sum(disks) - _lost(facts, disks)
	needed := sum([bytes |
		some volume in facts.volumes
		class := facts.classes[volume.class]
		class.pool == pool
		bytes := (volume.size_bytes * volume.count) * class.replicas
	])
	needed > left
	finding := {
		"msg": sprintf(
			"volumes with their copies take %d GiB of the pool '%s', it holds %d GiB",
			[ceil(needed / 1073741824), pool, floor(left / 1073741824)],
		),
		"object": sprintf("%s:Pool/-/%s", [environment, pool]),
		"environment": environment,
		"place": [node.place | some node in facts.nodes; node.disks[pool]][0],
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some name, class in facts.classes
	class.pool != null
	nodes := count([node | some node in facts.nodes; node.disks[class.pool]])
	class.replicas > nodes
	finding := {
		"msg": sprintf(
			"class '%s' makes %d copies, %d nodes have the disk '%s'",
			[name, class.replicas, nodes, class.pool],
		),
		"object": sprintf("%s:StorageClass/-/%s", [environment, name]),
		"environment": environment,
		"place": class.place,
	}
}

_lost(facts, disks) := disks[count(disks) - 1] if facts.survives == "one-node"

_lost(facts, _) := 0 if facts.survives != "one-node"
