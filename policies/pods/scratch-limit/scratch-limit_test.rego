package pods.scratch_limit_test

import data.lib.fixture
import data.pods.scratch_limit

test_warns_of_missing if {
	found := fixture.messages(scratch_limit.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "tmp", "emptyDir": {}}]}})

	found == {`volume 'tmp' is an emptyDir without a sizeLimit`}
}

test_allows_limit if {
	found := fixture.messages(scratch_limit.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}]}})

	found == set()
}

test_allows_missing if {
	fixture.messages(scratch_limit.deny) == set() with input as fixture.of_pod({})
}
