package capacity.storage_test

import data.capacity.storage
import data.lib.fixture

test_denies_too_much if {
	fixture.messages(storage.deny) == {`volumes with their copies take 40 GiB of the pool 'longhorn', it holds 30 GiB`} with input as _document("one-node", 20)
}

test_allows_with_all if {
	fixture.messages(storage.deny) == set() with input as _document(null, 20)
}

test_denies_more_copies_than_nodes if {
	fixture.messages(storage.deny) == {`class 'longhorn' makes 2 copies, 0 nodes have the disk 'other'`} with input as _classes({"longhorn": {"pool": "other", "replicas": 2, "place": "values/site.yaml:1:1"}})
}
_gib := 1073741824

_document(survives, size) := fixture.of_facts({
	"survives": survives,
	"nodes": [
		{"disks": {"longhorn": 30 * _gib}, "place": "values/inventory/prod.yaml:1:1"},
		{"disks": {"longhorn": 30 * _gib}, "place": "values/inventory/prod.yaml:2:1"},
	],
	"classes": {"longhorn": {"pool": "longhorn", "replicas": 2, "place": "values/site.yaml:1:1"}},
	"volumes": [{"size_bytes": size * _gib, "count": 1, "class": "longhorn"}],
})

_classes(classes) := fixture.of_facts({"survives": null, "nodes": [], "classes": classes, "volumes": []})
