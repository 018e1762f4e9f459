package network.policy_coverage_test

import data.lib.fixture
import data.network.policy_coverage

test_denies_open_direction if {
	fixture.messages(policy_coverage.deny) == {`no policy says anything about its egress`} with input as _document(["Ingress"])
}

test_allows_both if {
	fixture.messages(policy_coverage.deny) == set() with input as _document(["Ingress", "Egress"])
}
_document(directions) := {
	"pods": [fixture.pod({})],
	"by_kind": {"NetworkPolicy": ["n"]},
	"objects": {"n": {"environments": ["prod"], "spec": {"policyTypes": directions}}},
	"environments": {"prod": {"selected": {"n": ["prod:Deployment/media/sonarr"]}}},
}
