# METADATA
# title: Volumes that nobody copies
# description: |
#   A tier is a promise. It is kept only if a schedule takes the volume, and if every destination of the
#   tier gets a copy.
# custom:
#   severity: error
#   reference: 'house rule: volume, tier, schedule, destination'
#   values: storage
#   needs: fleet
#   fix: put the tier's label on the claim (`chartroom/backup`), or choose a tier that promises nothing
package backup.copied

deny contains finding if {
	some environment, facts in input.environments
	some volume in facts.volumes
	volume.server == null
	tier := facts.tiers[volume.tier]
	tier.schedule != null
	copied := {copy.failure_domain | some copy in volume.copies}
	missing := {goal.name | some goal in tier.destinations; not goal.failure_domain in copied}
	count(missing) > 0
	finding := object.union(
		{
			"msg": sprintf(
				"volume '%s' is of %s, and nothing copies it to %s",
				[volume.name, volume.tier, concat(", ", sort(missing))],
			),
			"environment": environment,
		},
		_where(environment, volume),
	)
}

_where(_, volume) := {"object": volume.id} if volume.id != null

_where(environment, volume) := {
	"object": sprintf("%s:Volume/%s/%s", [environment, volume.namespace, volume.name]),
	"place": volume.place,
} if volume.id == null
