package pods.read_only_root_test

import data.lib.fixture
import data.pods.read_only_root

test_denies_missing if {
	found := fixture.messages(read_only_root.deny) with input as fixture.of_container({})

	found == {`container 'app' may write to its image`}
}

test_allows_true if {
	found := fixture.messages(read_only_root.deny) with input as fixture.of_container({"securityContext": {"readOnlyRootFilesystem": true}})

	found == set()
}

test_allows_what_is_granted if {
	fixture.messages(read_only_root.deny) == set() with input as fixture.of_granted({}, ["readOnlyRootFilesystem"])
}
