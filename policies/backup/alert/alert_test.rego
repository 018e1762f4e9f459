package backup.alert_test

import data.backup.alert
import data.lib.fixture

test_denies_unwatched if {
	fixture.messages(alert.deny) == {`volume 'data' is of tier1, and service 'sonarr' has no alert BackupStale`} with input as _alerts([])
}

test_allows_watched if {
	fixture.messages(alert.deny) == set() with input as _alerts([{"service": "sonarr", "names": ["BackupStale"]}])
}
_alerts(alerts) := fixture.of_facts({
	"alerts": alerts,
	"tiers": {"tier1": {"schedule": "0 * * * *"}},
	"volumes": [{"name": "data", "id": "v", "tier": "tier1", "service": "sonarr", "declared": false, "server": null}],
})
