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

deny contains finding if {
	some environment, facts in input.environments
	some volume in facts.volumes
	tier := facts.tiers[volume.tier]
	tier.schedule != null
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

_where(_, volume) := {"object": volume.id} if volume.id != null

_where(environment, volume) := {
	"object": sprintf("%s:Volume/%s/%s", [environment, volume.namespace, volume.name]),
	"place": volume.place,
} if volume.id == null
