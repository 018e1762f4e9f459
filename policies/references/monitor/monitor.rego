# METADATA
# title: Monitors that select nothing
# description: |
#   A monitor without a target, or of a port that its target lacks, scrapes nothing: the alert that
#   reads its metrics is silent for ever.
# custom:
#   severity: error
#   reference: kube-linter dangling-servicemonitor
#   values: metrics
#   manifest: spec.endpoints, spec.selector
#   fix: 'select a rendered Service (PodMonitor: pod) and name one of its ports'
package references.monitor

deny contains finding if {
	some environment, facts in input.environments
	some id, targets in facts.selected
	monitor := input.objects[id]
	monitor.kind in {"ServiceMonitor", "PodMonitor"}
	not monitor.namespace in facts.open
	count(targets) == 0
	finding := {"msg": "it selects nothing to scrape", "object": id, "environment": environment}
}

deny contains finding if {
	some environment, facts in input.environments
	some id, targets in facts.selected
	monitor := input.objects[id]
	monitor.kind == "ServiceMonitor"
	count(targets) > 0
	some endpoint in monitor.spec.endpoints
	not _offered(targets, endpoint.port)
	finding := {
		"msg": sprintf("it scrapes port '%s', which no Service that it selects has", [endpoint.port]),
		"object": id,
		"environment": environment,
	}
}

_offered(targets, port) if {
	some target in targets
	some offered in input.objects[target].spec.ports
	offered.name == port
}
