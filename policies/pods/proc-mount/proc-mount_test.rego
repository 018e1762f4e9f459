package pods.proc_mount_test

import data.lib.fixture
import data.pods.proc_mount

test_denies_unmasked if {
	found := fixture.messages(proc_mount.deny) with input as fixture.of_container({"securityContext": {"procMount": "Unmasked"}})

	found == {`container 'app' has the procMount Unmasked`}
}

test_allows_default_and_missing if {
	found := fixture.messages(proc_mount.deny) with input as fixture.of_container({"securityContext": {"procMount": "Default"}})

	found == set()
}

test_allows_what_is_granted if {
	found := fixture.messages(proc_mount.deny) with input as fixture.of_granted({"securityContext": {"procMount": "Unmasked"}}, ["procMount"])

	found == set()
}
