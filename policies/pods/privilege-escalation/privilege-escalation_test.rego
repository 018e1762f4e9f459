package pods.privilege_escalation_test

import data.lib.fixture
import data.pods.privilege_escalation

test_denies_true_and_missing if {
	found := fixture.messages(privilege_escalation.deny) with input as fixture.of_container({"securityContext": {}})

	found == {`container 'app' may gain privileges`}
}

test_allows_false if {
	found := fixture.messages(privilege_escalation.deny) with input as fixture.of_container({"securityContext": {"allowPrivilegeEscalation": false}})

	found == set()
}

test_allows_what_is_granted if {
	fixture.messages(privilege_escalation.deny) == set() with input as fixture.of_granted({}, ["privileged"])
}
