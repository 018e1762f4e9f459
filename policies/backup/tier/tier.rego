# METADATA
# title: Volumes without a tier
# description: |
#   Whoever makes a volume says how much of it may be lost. Nothing is a bad answer, no answer a worse
#   one.
# custom:
#   severity: error
#   reference: architecture.md 6
#   values: storage
#   manifest: metadata.labels
#   needs: fleet
#   fix: 'state `backup: tier1` to `tier4` at the volume'
package backup.tier

deny contains finding if {
	some environment, facts in input.environments
	count(facts.tiers) > 0
	some volume in facts.volumes
	not volume.tier in object.keys(facts.tiers)
	finding := object.union(
		{"msg": sprintf("volume '%s' has %s", [volume.name, _said(volume.tier)]), "environment": environment},
		_where(environment, volume),
	)
}

_said(null) := "no backup tier"

_said(tier) := sprintf("the backup tier '%s', which the site does not have", [tier]) if tier != null

_where(_, volume) := {"object": volume.id} if volume.id != null

_where(environment, volume) := {
	"object": sprintf("%s:Volume/%s/%s", [environment, volume.namespace, volume.name]),
	"place": volume.place,
} if volume.id == null
