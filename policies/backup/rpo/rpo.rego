# METADATA
# title: What may be lost
# description: |
#   The longest silence of a schedule, and a quarter of an hour for the run itself, fit into what the
#   tier promises. Tiers 1 and 2 promise less than four hours.
# custom:
#   severity: error
#   reference: 'house rule: recovery point objectives'
#   needs: fleet
#   fix: run the schedule more often, or promise less (`rpo`)
package backup.rpo

# How long a run may take before it counts as late: our figure.
_run_s := 900

deny contains finding if {
	some environment, facts in input.environments
	some name, tier in facts.tiers
	tier.schedule != null
	some fault in _faults(name, tier)
	finding := {
		"msg": sprintf("%s %s", [name, fault]),
		"object": sprintf("%s:Tier/-/%s", [environment, name]),
		"environment": environment,
		"place": tier.place,
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some volume in facts.volumes
	tier := facts.tiers[volume.tier]
	some copy in volume.copies
	copy.continuous == false

	# A schedule that is rendered as the tier says has its finding above.
	copy.longest_gap_s != tier.longest_gap_s
	copy.longest_gap_s + _run_s > tier.rpo_s
	finding := {
		"msg": sprintf(
			"it is silent for up to %d min, and %s promises %d min",
			[copy.longest_gap_s / 60, volume.tier, tier.rpo_s / 60],
		),
		"object": copy.by,
		"environment": environment,
		"place": object.get(tier, "place", ""),
	}
}

_faults(_, tier) := {"promises nothing: it has no rpo"} if tier.rpo_s == null

_faults(_, tier) := {sprintf("has the schedule '%s', which never runs", [tier.schedule])} if {
	tier.rpo_s != null
	tier.longest_gap_s == null
}

_faults(name, tier) := {sprintf("promises %d min, less than four hours are asked for", [tier.rpo_s / 60]) |
	name in {"tier1", "tier2"}
	tier.rpo_s >= 14400
} | {sprintf("is silent for up to %d min and promises %d min", [tier.longest_gap_s / 60, tier.rpo_s / 60]) |
	tier.longest_gap_s + _run_s > tier.rpo_s
} if {
	tier.rpo_s != null
	tier.longest_gap_s != null
}
