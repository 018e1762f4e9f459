package backup.rpo_test

import data.backup.rpo
import data.lib.fixture

test_denies_no_promise if {
	fixture.messages(rpo.deny) == {`tier3 promises nothing: it has no rpo`} with input as _tiers({"rpo_s": null})
}

test_denies_schedule_that_never_runs if {
	found := fixture.messages(rpo.deny) with input as _tiers({"longest_gap_s": null})

	found == {`tier3 has the schedule '0 0 30 2 *', which never runs`}
}

test_denies_long_silence if {
	found := fixture.messages(rpo.deny) with input as _tiers({"longest_gap_s": 10800, "rpo_s": 10800})

	found == {`tier3 is silent for up to 180 min and promises 180 min`}
}

test_denies_four_hours if {
	found := fixture.messages(rpo.deny) with input as fixture.of_facts({"volumes": [], "tiers": {"tier1": {"schedule": "x", "place": "p", "longest_gap_s": 60, "rpo_s": 14400}}})

	found == {`tier1 promises 240 min, less than four hours are asked for`}
}

test_denies_schedule_that_is_rendered_otherwise if {
	found := fixture.messages(rpo.deny) with input as _document({"copies": [{"by": "s", "longest_gap_s": 86400, "failure_domain": "nas", "where": "nas", "continuous": false}]})

	found == {`it is silent for up to 1440 min, and tier1 promises 120 min`}
}

test_allows_often_enough if {
	fixture.messages(rpo.deny) == set() with input as _tiers({})
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

_tiers(change) := fixture.of_facts({"volumes": [], "tiers": {"tier3": object.union(
	{"schedule": "0 0 30 2 *", "place": "values/site.yaml:1:1", "longest_gap_s": 3600, "rpo_s": 7200},
	change,
)}})
