package pods.priority_class_test

import data.lib.fixture
import data.pods.priority_class

test_denies_missing if {
	fixture.messages(priority_class.deny) == {`the pod has no priority class`} with input as fixture.of_pod({})
}

test_denies_unknown if {
	found := fixture.messages(priority_class.deny) with input as object.union(fixture.of_pod({"spec": {"priorityClassName": "gold"}}), {"environments": {"prod": {"priority_classes": {"standard": 0}}}})

	found == {`the pod has the priority class 'gold', which the site does not have`}
}

test_allows_known if {
	found := fixture.messages(priority_class.deny) with input as object.union(fixture.of_pod({"spec": {"priorityClassName": "standard"}}), {"environments": {"prod": {"priority_classes": {"standard": 0}}}})

	found == set()
}

test_allows_those_of_kubernetes if {
	found := fixture.messages(priority_class.deny) with input as fixture.of_pod({"spec": {"priorityClassName": "system-node-critical"}})

	found == set()
}
