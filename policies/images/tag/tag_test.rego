package images.tag_test

import data.images.tag
import data.lib.fixture

test_denies_latest if {
	found := fixture.messages(tag.deny) with input as fixture.of_container({"image": "ghcr.io/a/b:latest"})

	found == {`container 'app' has the moving tag 'latest' of ghcr.io/a/b:latest`}
}

test_denies_missing_tag_behind_a_port if {
	found := fixture.messages(tag.deny) with input as fixture.of_container({"image": "host:5000/a"})

	found == {`container 'app' has the image host:5000/a without a tag`}
}

test_denies_images_that_are_mounted if {
	found := fixture.messages(tag.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "models", "image": {"reference": "ghcr.io/a/b:latest"}}]}})

	found == {`volume 'models' has the moving tag 'latest' of ghcr.io/a/b:latest`}
}

test_allows_version_and_digest if {
	fixture.messages(tag.deny) == set() with input as fixture.of_container({"image": "ghcr.io/a/b@sha256:0"})
}

test_allows_version if {
	fixture.messages(tag.deny) == set() with input as fixture.of_container({"image": "ghcr.io/a/b:1.2"})
}
