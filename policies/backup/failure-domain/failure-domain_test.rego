package backup.failure_domain_test

import data.backup.failure_domain
import data.lib.fixture

test_denies_same_domain if {
	found := fixture.messages(failure_domain.deny) with input as _document({"failure_domain": "nas"})

	found == {`every copy of volume 'data' stays in the failure domain 'nas'`}
}

test_denies_same_domain_of_a_chart if {
	found := fixture.messages(failure_domain.deny) with input as _document({"failure_domain": "nas", "id": null})

	found == {`every copy of volume 'data' stays in the failure domain 'nas'`}
}

test_denies_a_destination_beside_the_volumes_once_for_all_of_them if {
	found := fixture.messages(failure_domain.deny) with input as _stays

	found == {"destination 'here' lies in the failure domain 'cluster' like the volumes, and is all that tier1 copy to"}
}

test_denies_what_stays_in_another_domain_than_the_destination_of_its_tier if {
	elsewhere := {"failure_domain": "nas"}
	found := fixture.messages(failure_domain.deny) with input as _with_volume(_stays, elsewhere)

	found == {
		"destination 'here' lies in the failure domain 'cluster' like the volumes, and is all that tier1 copy to",
		"every copy of volume 'data' stays in the failure domain 'nas'",
	}
}

test_allows_elsewhere if {
	fixture.messages(failure_domain.deny) == set() with input as _document({})
}

_document(change) := fixture.of_facts({
	"tiers": {
		"tier1": {"schedule": "0 * * * *", "rpo_s": 7200, "longest_gap_s": 3600, "destinations": [{"name": "nas", "failure_domain": "nas"}]},
		"tier4": {"schedule": null, "destinations": []},
	},
	"volumes": [object.union(_volume, change)],
})

_stays := fixture.of_facts({
	"tiers": {"tier1": {
		"schedule": "0 * * * *", "rpo_s": 7200, "longest_gap_s": 3600,
		"destinations": [{"name": "here", "failure_domain": "cluster", "place": "values/site.yaml:1:1"}],
	}},
	"volumes": [object.union(_volume, {"copies": [object.union(_volume.copies[0], {"failure_domain": "cluster"})]})],
})

_with_volume(document, change) := object.union(document, {"environments": {"prod": object.union(
	document.environments.prod,
	{"volumes": [object.union(_volume, change)]},
)}})

_volume := {
	"name": "data",
	"id": "v",
	"namespace": "media",
	"place": "values/a.yaml:1:1",
	"tier": "tier1",
	"server": null,
	"failure_domain": "cluster",
	"copies": [{"by": "prod:Schedule/velero/tier1", "longest_gap_s": 3600, "failure_domain": "nas", "where": "nas", "continuous": false}],
}
