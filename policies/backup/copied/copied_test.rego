package backup.copied_test

import data.backup.copied
import data.lib.fixture

test_denies_no_copy if {
	found := fixture.messages(copied.deny) with input as _document({"copies": []})

	found == {`volume 'data' is of tier1, and nothing copies it to nas`}
}

test_denies_no_copy_of_a_chart if {
	found := fixture.messages(copied.deny) with input as _document({"copies": [], "id": null})

	found == {`volume 'data' is of tier1, and nothing copies it to nas`}
}

test_allows_copied if {
	fixture.messages(copied.deny) == set() with input as _document({})
}

test_allows_tier_that_promises_nothing if {
	fixture.messages(copied.deny) == set() with input as _document({"tier": "tier4", "copies": []})
}

test_leaves_shares_to_their_server if {
	fixture.messages(copied.deny) == set() with input as _document({"server": "nas", "copies": []})
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
