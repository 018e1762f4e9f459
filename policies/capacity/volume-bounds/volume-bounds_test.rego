package capacity.volume_bounds_test

import data.capacity.volume_bounds
import data.lib.fixture

test_denies_too_small if {
	found := fixture.messages(volume_bounds.deny) with input as _document(1, "longhorn", "v")

	found == {`volume 'data' has 1 MiB, class 'longhorn' has at least 2 MiB`}
}

test_denies_too_large_of_a_chart if {
	found := fixture.messages(volume_bounds.deny) with input as _document(9, "longhorn", null)

	found == {`volume 'data' has 9 MiB, class 'longhorn' has at most 8 MiB`}
}

test_denies_unknown_class if {
	found := fixture.messages(volume_bounds.deny) with input as _document(4, "gold", "v")

	found == {`volume 'data' has the class 'gold', which the site does not have`}
}

test_allows_within_and_without_class if {
	fixture.messages(volume_bounds.deny) == set() with input as _document(4, "", "v")
}

_document(mib, class, id) := fixture.of_facts({
	"classes": {"longhorn": {"min_bytes": 2097152, "max_bytes": 8388608}},
	"volumes": [{
		"name": "data",
		"size_bytes": mib * 1048576,
		"class": class,
		"id": id,
		"namespace": "media",
		"place": "values/a.yaml:1:1",
	}],
})
