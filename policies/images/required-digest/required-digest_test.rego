package images.required_digest_test

import data.images.required_digest
import data.lib.fixture

test_denies_where_required if {
	found := fixture.messages(required_digest.deny) with input as object.union(fixture.of_container({"image": "a:1"}), {"environments": {"prod": {"require_digests": true}}})

	found == {`container 'app' has the image a:1 without the digest that the site requires`}
}

test_allows_elsewhere if {
	found := fixture.messages(required_digest.deny) with input as object.union(fixture.of_container({"image": "a:1"}), {"environments": {"prod": {"require_digests": false}}})

	found == set()
}
