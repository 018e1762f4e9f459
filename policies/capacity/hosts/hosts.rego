# METADATA
# title: VMs and their hosts
# description: |
#   Memory and disk of a Proxmox host are shared by the VMs of all environments; what they take together
#   must be there.
# custom:
#   severity: error
#   reference: inventory-format.md; Proxmox overcommits in silence
#   needs: fleet
#   fix: move a VM to another host, or make one smaller, in values/inventory/
package capacity.hosts

deny contains finding if {
	some host in input.hosts
	count(host.machines) > 0
	needed := sum([machine.memory_bytes | some machine in host.machines])
	needed > host.memory_bytes
	finding := {
		"msg": sprintf(
			"its VMs have %d MiB of memory, it has %d MiB for them",
			[ceil(needed / 1048576), floor(host.memory_bytes / 1048576)],
		),
		"objects": _names(host),
		"place": host.place,
	}
}

deny contains finding if {
	some host in input.hosts
	some name, storage in host.storages
	disks := [disk.size_bytes | some machine in host.machines; some disk in machine.disks; disk.storage == name]
	sum(disks) > storage.size_bytes
	finding := {
		"msg": sprintf(
			"its VMs take %d GiB of the storage '%s', it has %d GiB",
			[ceil(sum(disks) / 1073741824), name, floor(storage.size_bytes / 1073741824)],
		),
		"objects": _names(host),
		"place": host.place,
	}
}

_names(host) := [sprintf("%s:Host/-/%s", [environment, host.name]) |
	some environment in {machine.environment | some machine in host.machines}
]
