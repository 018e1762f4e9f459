package api.removed_test

import data.api.removed
import data.lib.fixture

test_denies_removed if {
	fixture.messages(removed.deny) == {`batch/v1beta1 is gone since Kubernetes 1.25`} with input as fixture.of_object("CronJob", {"group": "batch", "version": "v1beta1"}, {"kubernetes": {"minor": 36}})
}

test_allows_before if {
	fixture.messages(removed.deny) == set() with input as fixture.of_object("CronJob", {"group": "batch", "version": "v1beta1"}, {"kubernetes": {"minor": 24}})
}

test_allows_served if {
	fixture.messages(removed.deny) == set() with input as fixture.of_object("CronJob", {"group": "batch", "version": "v1"}, {"kubernetes": {"minor": 36}})
}
