# METADATA
# title: Services without an alert
# description: |
#   What is measured and alerts nobody is looked at when it is too late.
# custom:
#   severity: error
#   reference: 'house rule: every service has an alert'
#   values: alerts
#   manifest_fix: write a PrometheusRule in its namespace that carries its label `app.kubernetes.io/name`
#   fix: leave one of the default alerts on
package monitoring.alerts

deny contains finding if {
	some environment, facts in input.environments
	some entry in facts.coverage
	count(entry.alerts) == 0
	finding := {"msg": "no alert is about it", "object": entry.id, "environment": environment}
}
