# METADATA
# title: Services that nobody asks
# description: |
#   A service that is neither scraped nor probed can be down for weeks.
# custom:
#   severity: error
#   reference: 'house rule: every service is scraped or probed'
#   values: metrics
#   manifest_fix: >-
#     write a ServiceMonitor or PodMonitor that selects it, or a Probe of its Service; for a CronJob a
#     PrometheusRule with an alert JobFailed
#   fix: state `metrics`; what has none is probed by itself as soon as it has a TCP port
package monitoring.coverage

deny contains finding if {
	some environment, facts in input.environments
	some entry in facts.coverage
	not entry.kind in {"CronJob", "Job"}
	entry.tcp == true
	count(entry.watchers) == 0
	finding := {"msg": "nothing scrapes or probes it", "object": entry.id, "environment": environment}
}

deny contains finding if {
	some environment, facts in input.environments
	some entry in facts.coverage
	entry.kind == "CronJob"
	not "JobFailed" in entry.alerts
	finding := {
		"msg": "nobody is told when its job fails: there is no alert JobFailed",
		"object": entry.id,
		"environment": environment,
		"values": ["alerts", "JobFailed"],
		"fix": "leave the default alert JobFailed on",
	}
}
