package pods.privilege_escalation_test

import data.lib.fixture
import data.pods.privilege_escalation

test_denies_true_and_missing if {
	fixture.messages(privilege_escalation.deny) == {`container 'app' may gain privileges`} with input as fixture.of_container({"securityContext": {}})
}

test_allows_false if {
	fixture.messages(privilege_escalation.deny) == set() with input as fixture.of_container({"securityContext": {"allowPrivilegeEscalation": false}})
}

test_allows_what_is_granted if {
	fixture.messages(privilege_escalation.deny) == set() with input as fixture.of_granted({}, ["privileged"])
}
