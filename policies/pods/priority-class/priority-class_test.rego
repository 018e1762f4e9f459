package pods.priority_class_test

import data.lib.fixture
import data.pods.priority_class

test_denies_missing if {
	fixture.messages(priority_class.deny) == {`the pod has no priority class`} with input as fixture.of_pod({})
}

test_denies_unknown if {
	fixture.messages(priority_class.deny) == {`the pod has the priority class 'gold', which the site does not have`} with input as object.union(fixture.of_pod({"spec": {"priorityClassName": "gold"}}), {"environments": {"prod": {"priority_classes": {"standard": 0}}}})
}

test_allows_known if {
	fixture.messages(priority_class.deny) == set() with input as object.union(fixture.of_pod({"spec": {"priorityClassName": "standard"}}), {"environments": {"prod": {"priority_classes": {"standard": 0}}}})
}

test_allows_those_of_kubernetes if {
	fixture.messages(priority_class.deny) == set() with input as fixture.of_pod({"spec": {"priorityClassName": "system-node-critical"}})
}
