package capacity.hosts_test

import data.capacity.hosts
import data.lib.fixture

test_denies_memory if {
	found := fixture.messages(hosts.deny) with input as _document(2097152, 0)

	found == {`its VMs have 2 MiB of memory, it has 1 MiB for them`}
}

test_denies_disk if {
	found := fixture.messages(hosts.deny) with input as _document(0, 2147483648)

	found == {`its VMs take 2 GiB of the storage 'fast', it has 1 GiB`}
}

test_allows_enough if {
	fixture.messages(hosts.deny) == set() with input as _document(1048576, 1073741824)
}

_document(memory, disk) := {"hosts": [{
	"name": "pve-1",
	"memory_bytes": 1048576,
	"storages": {"fast": {"size_bytes": 1073741824}},
	"machines": [{
		"environment": "prod",
		"memory_bytes": memory,
		"disks": [{"storage": "fast", "size_bytes": disk}],
	}],
	"place": "values/inventory/hosts.yaml:1:1",
}]}
