package backup.tier_test

import data.backup.tier
import data.lib.fixture

test_denies_missing if {
	fixture.messages(tier.deny) == {`volume 'data' has no backup tier`} with input as _document({"tier": null})
}

test_denies_unknown_of_a_chart if {
	found := fixture.messages(tier.deny) with input as _document({"tier": "gold", "id": null})

	found == {`volume 'data' has the backup tier 'gold', which the site does not have`}
}

test_allows_known if {
	fixture.messages(tier.deny) == set() with input as _document({})
}

_document(change) := fixture.of_facts({
	"tiers": {
		"tier1": {"schedule": "0 * * * *", "rpo_s": 7200, "longest_gap_s": 3600, "destinations": [{"name": "nas", "failure_domain": "nas"}]},
		"tier4": {"schedule": null, "destinations": []},
	},
	"volumes": [object.union(_volume, change)],
})

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

test_denies_another_tier_than_stated if {
	found := fixture.messages(tier.deny) with input as _document({"tier": "tier4", "stated": "tier1"})

	found == {`volume 'data' is labelled tier4, the values say tier1`}
}

test_allows_what_is_stated if {
	fixture.messages(tier.deny) == set() with input as _document({"stated": "tier1"})
}
