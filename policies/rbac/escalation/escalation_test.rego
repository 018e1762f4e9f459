package rbac.escalation_test

import data.lib.fixture
import data.rbac.escalation

test_denies_impersonate if {
	found := fixture.messages(escalation.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}]}, {})

	found == {`a rule allows impersonate`}
}

test_denies_tokens if {
	found := fixture.messages(escalation.deny) with input as fixture.of_object("Role", {"rules": [{"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}]}, {})

	found == {`a rule allows create on serviceaccounts/token`}
}

test_denies_signing if {
	found := fixture.messages(escalation.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": ["certificates.k8s.io"], "resources": ["certificatesigningrequests/approval", "signers"], "verbs": ["update", "approve"]}]}, {})

	found == {`a rule allows update on certificatesigningrequests/approval`, `a rule allows approve on signers`}
}

test_allows_accounts if {
	found := fixture.messages(escalation.deny) with input as fixture.of_object("Role", {"rules": [{"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["create"]}]}, {})

	found == set()
}

test_allows_reading if {
	found := fixture.messages(escalation.deny) with input as fixture.of_object("ClusterRole", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}]}, {})

	found == set()
}
