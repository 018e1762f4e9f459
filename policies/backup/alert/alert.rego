# METADATA
# title: Backups that nobody watches
# description: |
#   A backup that stopped last month looks like one that works, until the day of the restore.
# custom:
#   severity: error
#   reference: 'house rule: BackupStale for every volume that is copied'
#   values: alerts
#   needs: fleet
#   fix: leave the default alert BackupStale on
package backup.alert

deny contains finding if {
	some environment, facts in input.environments
	some volume in facts.volumes
	volume.declared == false
	volume.server == null
	facts.tiers[volume.tier].schedule != null
	not "BackupStale" in object.get(facts.alerts, volume.service, [])
	finding := {
		"msg": sprintf(
			"volume '%s' is of %s, and service '%s' has no alert BackupStale",
			[volume.name, volume.tier, volume.service],
		),
		"object": volume.id,
		"values": ["alerts", "BackupStale"],
		"environment": environment,
	}
}
