package network.policy_coverage_test

import data.lib.fixture
import data.network.policy_coverage

test_denies_open_direction if {
	fixture.messages(policy_coverage.deny) == {`no policy says anything about its egress`} with input as _document({})
}

test_allows_both if {
	fixture.messages(policy_coverage.deny) == set() with input as _document({"prod:Deployment/media/sonarr": true})
}

_document(egress) := {
	"pods": [fixture.pod({})],
	"environments": {"prod": {"covered": {"Ingress": {"prod:Deployment/media/sonarr": true}, "Egress": egress}}},
}
