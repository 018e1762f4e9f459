package pods.proc_mount_test

import data.lib.fixture
import data.pods.proc_mount

test_denies_unmasked if {
	fixture.messages(proc_mount.deny) == {`container 'app' has the procMount Unmasked`} with input as fixture.of_container({"securityContext": {"procMount": "Unmasked"}})
}

test_allows_default_and_missing if {
	fixture.messages(proc_mount.deny) == set() with input as fixture.of_container({"securityContext": {"procMount": "Default"}})
}

test_allows_what_is_granted if {
	fixture.messages(proc_mount.deny) == set() with input as fixture.of_granted({"securityContext": {"procMount": "Unmasked"}}, ["procMount"])
}
