# METADATA
# title: Order of Applications
# description: |
#   An Application that is created before what its services depend on fails and waits, and the first
#   bootstrap takes an hour instead of minutes.
# custom:
#   severity: error
#   reference: architecture.md 8
#   values: depends_on
#   needs: fleet
#   fix: let the generator number the waves; a dependency that runs against the tiers moves to a lower tier
package argocd.order

deny contains finding if {
	some environment, facts in input.environments
	some step in facts.waves
	step.earlier_wave > step.later_wave
	finding := {
		"msg": sprintf(
			"'%s' depends on '%s', whose Application comes in wave %d, after wave %d",
			[step.service, step.needs, step.earlier_wave, step.later_wave],
		),
		"objects": [step.later, step.earlier],
		"environment": environment,
		"place": _stated(object.get(facts, ["services", step.service], {}), step.needs),
	}
}

# The line that names the dependency, else the service.
_stated(service, name) := object.get(service, ["waits", name], object.get(service, "place", ""))
