# METADATA
# title: Quotas that are too tight
# description: |
#   A quota below what may run at once stops rollouts, and CronJobs without a word: backups that do not
#   happen.
# custom:
#   severity: error
#   reference: architecture.md 26; seen with the API server's own quota admission
#   values: budget
#   manifest: spec.hard
#   manifest_fix: raise `spec.hard` of the ResourceQuota, or lower requests and replicas
#   fix: raise the domain's `budget`, or lower requests and replicas
package namespaces.quota

import data.lib.show

_fields := {
	"requests.cpu": "cpu_m",
	"requests.memory": "memory_bytes",
	"limits.memory": "memory_limit_bytes",
	"requests.storage": "storage_bytes",
}

deny contains finding if {
	some environment, facts in input.environments
	some quota in facts.quotas
	some field, amount in _fields
	allowed := quota.hard[field]
	needed := facts.needs.namespaces[quota.namespace][amount]
	needed > allowed
	finding := {
		"msg": sprintf(
			"%s is %s, what may run at once in '%s' needs %s",
			[field, show.amount(amount, allowed), quota.namespace, show.amount(amount, needed)],
		),
		"object": quota.id,
		"environment": environment,
	}
}
