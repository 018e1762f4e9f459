package api.removed_test

import data.api.removed
import data.lib.fixture

test_denies_removed if {
	found := fixture.messages(removed.deny) with input as fixture.of_object("CronJob", {"group": "batch", "version": "v1beta1"}, {"kubernetes": {"minor": 36}})

	found == {`batch/v1beta1 is gone since Kubernetes 1.25`}
}

test_allows_before if {
	found := fixture.messages(removed.deny) with input as fixture.of_object("CronJob", {"group": "batch", "version": "v1beta1"}, {"kubernetes": {"minor": 24}})

	found == set()
}

test_allows_served if {
	found := fixture.messages(removed.deny) with input as fixture.of_object("CronJob", {"group": "batch", "version": "v1"}, {"kubernetes": {"minor": 36}})

	found == set()
}
