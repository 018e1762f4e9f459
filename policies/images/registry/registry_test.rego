package images.registry_test

import data.images.registry
import data.lib.fixture

test_denies_other_registry if {
	found := fixture.messages(registry.deny) with input as _document("evil.example/app:1")

	found == {
		`container 'app' has the image evil.example/app:1 of 'evil.example', the site allows docker.io, ghcr.io`,
	}
}

test_denies_nothing_of_docker_hub if {
	fixture.messages(registry.deny) == set() with input as _document("library/nginx:1")
}

test_allows_short_name if {
	fixture.messages(registry.deny) == set() with input as _document("nginx:1")
}

test_allows_where_no_registries_are_named if {
	found := fixture.messages(registry.deny) with input as object.union(fixture.of_container({"image": "x.example/a:1"}), {"environments": {"prod": {"registries": []}}})

	found == set()
}

_document(image) := object.union(
	fixture.of_container({"image": image}),
	{"environments": {"prod": {"registries": ["docker.io", "ghcr.io"]}}},
)
