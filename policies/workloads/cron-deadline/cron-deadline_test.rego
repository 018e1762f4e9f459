package workloads.cron_deadline_test

import data.lib.fixture
import data.workloads.cron_deadline

test_warns_of_missing if {
	found := fixture.messages(cron_deadline.deny) with input as fixture.of_object("CronJob", {"spec": {}}, {})

	found == {`it has no activeDeadlineSeconds and no startingDeadlineSeconds`}
}

test_allows_both if {
	found := fixture.messages(cron_deadline.deny) with input as fixture.of_object("CronJob", {"spec": {"startingDeadlineSeconds": 60, "jobTemplate": {"spec": {"activeDeadlineSeconds": 60}}}}, {})

	found == set()
}
