package images.digest_test

import data.images.digest
import data.lib.fixture

test_warns_of_bare_tag if {
	found := fixture.messages(digest.deny) with input as fixture.of_container({"image": "a:1"})

	found == {`container 'app' has the image a:1 without a digest`}
}

test_warns_of_short_digest if {
	found := fixture.messages(digest.deny) with input as fixture.of_container({"image": "a:1@sha256:0123"})

	found == {`container 'app' has the image a:1@sha256:0123 without a digest`}
}

test_allows_digest if {
	found := fixture.messages(digest.deny) with input as fixture.of_container({"image": "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"})

	found == set()
}
