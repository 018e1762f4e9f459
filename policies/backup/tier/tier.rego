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

# The label decides what is copied; the values say what was promised.
deny contains finding if {
	some environment, facts in input.environments
	some volume in facts.volumes
	stated := volume.stated
	stated != null
	volume.tier != stated
	volume.tier in object.keys(facts.tiers)
	finding := {
		"msg": sprintf(
			"volume '%s' is labelled %s, the values say %s",
			[volume.name, volume.tier, stated],
		),
		"object": volume.id,
		"environment": environment,
		"fix": "change `backup` of the volume, which makes the label",
	}
}

_said(null) := "no backup tier"

_said(tier) := sprintf("the backup tier '%s', which the site does not have", [tier]) if tier != null

_where(_, volume) := {"object": volume.id} if volume.id != null

_where(environment, volume) := {
	"object": sprintf("%s:Volume/%s/%s", [environment, volume.namespace, volume.name]),
	"place": volume.place,
} if volume.id == null
