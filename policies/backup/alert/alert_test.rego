package backup.alert_test

import data.backup.alert
import data.lib.fixture

test_denies_unwatched if {
	found := fixture.messages(alert.deny) with input as _alerts({})

	found == {`volume 'data' is of tier1, and service 'sonarr' has no alert BackupStale`}
}

test_allows_watched if {
	fixture.messages(alert.deny) == set() with input as _alerts({"sonarr": ["BackupStale"]})
}

_alerts(alerts) := fixture.of_facts({
	"alerts": alerts,
	"tiers": {"tier1": {"schedule": "0 * * * *"}},
	"volumes": [{"name": "data", "id": "v", "tier": "tier1", "service": "sonarr", "declared": false, "server": null}],
})
