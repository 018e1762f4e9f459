package pods.privileged_test

import data.lib.fixture
import data.pods.privileged

test_denies_privileged if {
	fixture.messages(privileged.deny) == {`container 'app' is privileged`} with input as fixture.of_container({"securityContext": {"privileged": true}})
}

test_allows_what_is_granted if {
	fixture.messages(privileged.deny) == set() with input as fixture.of_granted({"securityContext": {"privileged": true}}, ["privileged"])
}

test_allows_missing if {
	fixture.messages(privileged.deny) == set() with input as fixture.of_container({})
}
