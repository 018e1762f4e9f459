package capacity.storage_test

import data.capacity.storage
import data.lib.fixture

test_denies_too_much if {
	found := fixture.messages(storage.deny) with input as _document("one-node", 20)

	found == {`volumes with their copies take 40 GiB of the pool 'longhorn', it holds 30 GiB`}
}

test_allows_with_all if {
	fixture.messages(storage.deny) == set() with input as _document(null, 20)
}

test_denies_more_copies_than_nodes if {
	found := fixture.messages(storage.deny) with input as _classes({"longhorn": {"pool": "other", "replicas": 2, "place": "values/site.yaml:1:1"}})

	found == {`class 'longhorn' makes 2 copies, 0 nodes have the disk 'other'`}
}

_document(survives, size) := fixture.of_facts({
	"survives": survives,
	"nodes": [
		{"disks": {"longhorn": 32212254720}, "place": "values/inventory/prod.yaml:1:1"},
		{"disks": {"longhorn": 32212254720}, "place": "values/inventory/prod.yaml:2:1"},
	],
	"classes": {"longhorn": {"pool": "longhorn", "replicas": 2, "place": "values/site.yaml:1:1"}},
	"volumes": [{"size_bytes": size * 1073741824, "count": 1, "class": "longhorn"}],
})

_classes(classes) := fixture.of_facts({"survives": null, "nodes": [], "classes": classes, "volumes": []})
