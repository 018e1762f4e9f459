# METADATA
# title: Copies beside the original
# description: |
#   A copy that burns with the original is no copy.
# custom:
#   severity: error
#   reference: 'house rule: another failure domain'
#   values: storage
#   needs: fleet
#   fix: send one copy to a destination of another `failure_domain`
package backup.failure_domain

_here := "cluster"

deny contains finding if {
	some environment, facts in input.environments
	some name in {destination.name |
		some tier in facts.tiers
		_stays(tier)
		some destination in tier.destinations
	}
	tiers := {key | some key, tier in facts.tiers; _stays(tier); name in {goal.name | some goal in tier.destinations}}
	some destination in facts.tiers[max(tiers)].destinations
	destination.name == name
	finding := {
		"msg": sprintf(
			"destination '%s' lies in the failure domain '%s' like the volumes, and is all that %s copy to",
			[name, _here, concat(", ", sort(tiers))],
		),
		"object": sprintf("%s:Destination/-/%s", [environment, name]),
		"environment": environment,
		"place": destination.place,
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some volume in facts.volumes
	tier := facts.tiers[volume.tier]
	tier.schedule != null
	not _said(tier, volume)
	count(volume.copies) > 0
	elsewhere := [copy | some copy in volume.copies; not copy.failure_domain in {null, volume.failure_domain}]
	count(elsewhere) == 0
	finding := object.union(
		{
			"msg": sprintf(
				"every copy of volume '%s' stays in the failure domain '%s'",
				[volume.name, volume.failure_domain],
			),
			"environment": environment,
		},
		_where(environment, volume),
	)
}

# Every destination of the tier is where the volumes are.
_stays(tier) if {
	tier.schedule != null
	count(tier.destinations) > 0
	{_here} == {destination.failure_domain | some destination in tier.destinations}
}

_said(tier, volume) if {
	_stays(tier)
	volume.failure_domain == _here
}

_where(_, volume) := {"object": volume.id} if volume.id != null

_where(environment, volume) := {
	"object": sprintf("%s:Volume/%s/%s", [environment, volume.namespace, volume.name]),
	"place": volume.place,
} if volume.id == null
