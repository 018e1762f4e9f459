package pods.read_only_root_test

import data.lib.fixture
import data.pods.read_only_root

test_denies_missing if {
	fixture.messages(read_only_root.deny) == {`container 'app' may write to its image`} with input as fixture.of_container({})
}

test_allows_true if {
	fixture.messages(read_only_root.deny) == set() with input as fixture.of_container({"securityContext": {"readOnlyRootFilesystem": true}})
}

test_allows_what_is_granted if {
	fixture.messages(read_only_root.deny) == set() with input as fixture.of_granted({}, ["readOnlyRootFilesystem"])
}
