package pods.privileged_test

import data.lib.fixture
import data.pods.privileged

test_denies_privileged if {
	found := fixture.messages(privileged.deny) with input as fixture.of_container({"securityContext": {"privileged": true}})

	found == {`container 'app' is privileged`}
}

test_allows_what_is_granted if {
	found := fixture.messages(privileged.deny) with input as fixture.of_granted({"securityContext": {"privileged": true}}, ["privileged"])

	found == set()
}

test_allows_missing if {
	fixture.messages(privileged.deny) == set() with input as fixture.of_container({})
}
