# METADATA
# title: Budgets of domains
# description: |
#   A budget is what a domain may take from the others. The sum counts everything that may run at once:
#   rollouts, jobs, a restore beside the original.
# custom:
#   severity: error
#   reference: architecture.md 26
#   values: budget
#   needs: fleet
#   fix: lower requests, replicas or sizes, or argue for a larger `budget` of the domain
package capacity.budget

import data.lib.show

deny contains finding if {
	some environment, facts in input.environments
	some name, domain in facts.domains
	some amount in ["cpu_m", "memory_bytes", "memory_limit_bytes", "storage_bytes"]
	allowed := domain.budget[amount]
	allowed != null
	needed := facts.needs.domains[name][amount]
	needed > allowed
	finding := {
		"msg": sprintf(
			"domain '%s' needs %s of %s, its budget is %s",
			[name, show.amount(amount, needed), _words[amount], show.amount(amount, allowed)],
		),
		"object": sprintf("%s:Domain/-/%s", [environment, name]),
		"environment": environment,
		"place": domain.budget.places[amount],
	}
}

_words := {
	"cpu_m": "CPU requests",
	"memory_bytes": "memory requests",
	"memory_limit_bytes": "memory limits",
	"storage_bytes": "storage",
}
