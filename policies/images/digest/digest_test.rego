package images.digest_test

import data.images.digest
import data.lib.fixture

test_warns_of_bare_tag if {
	fixture.messages(digest.deny) == {`container 'app' has the image a:1 without a digest`} with input as fixture.of_container({"image": "a:1"})
}

test_warns_of_short_digest if {
	fixture.messages(digest.deny) == {`container 'app' has the image a:1@sha256:0123 without a digest`} with input as fixture.of_container({"image": "a:1@sha256:0123"})
}

test_allows_digest if {
	fixture.messages(digest.deny) == set() with input as fixture.of_container({"image": "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"})
}
