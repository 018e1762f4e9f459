package workloads.cron_deadline_test

import data.lib.fixture
import data.workloads.cron_deadline

test_warns_of_missing if {
	fixture.messages(cron_deadline.deny) == {`it has no activeDeadlineSeconds and no startingDeadlineSeconds`} with input as fixture.of_object("CronJob", {"spec": {}}, {})
}

test_allows_both if {
	fixture.messages(cron_deadline.deny) == set() with input as fixture.of_object("CronJob", {"spec": {"startingDeadlineSeconds": 60, "jobTemplate": {"spec": {"activeDeadlineSeconds": 60}}}}, {})
}
