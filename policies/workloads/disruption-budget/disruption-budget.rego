# METADATA
# title: Budgets of disruption
# description: |
#   Talos upgrades drain nodes. Without a budget a drain may stop all replicas at once; with one that
#   allows nothing the drain never ends.
# custom:
#   severity: error
#   reference: kube-score poddisruptionbudget, kube-linter pdb-max-unavailable
#   values: replicas
#   manifest: spec.maxUnavailable, spec.minAvailable, spec.replicas
#   manifest_fix: 'write a PodDisruptionBudget that selects it and leaves one pod to go (`maxUnavailable: 1`)'
#   fix: 'with `replicas` above 1 the budget comes by itself: it must leave one pod to go (`maxUnavailable: 1`)'
package workloads.disruption_budget

deny contains finding if {
	some environment, facts in input.environments
	protected := _protected(facts)
	some workload in facts.workloads
	workload.kind in {"Deployment", "StatefulSet"}
	workload.quiet > 1
	not workload.declared
	not workload.id in protected
	finding := {
		"msg": sprintf("it has %d replicas and no PodDisruptionBudget", [workload.quiet]),
		"object": workload.id,
		"environment": environment,
	}
}

deny contains finding if {
	some id in input.by_kind.PodDisruptionBudget
	spec := input.objects[id].spec
	some field, nothing in {"maxUnavailable": {0, "0%"}, "minAvailable": {"100%"}}
	spec[field] in nothing
	finding := {
		"msg": sprintf("it allows no disruption (%s: %v), so no node can be drained", [field, spec[field]]),
		"object": id,
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some id in object.get(input.by_kind, "PodDisruptionBudget", [])
	wanted := input.objects[id].spec.minAvailable
	some workload in facts.workloads
	workload.id in object.get(facts.selected, id, [])
	workload.quiet <= wanted
	finding := {
		"msg": sprintf("it keeps %d of %d pods, so no node can be drained", [wanted, workload.quiet]),
		"object": id,
		"environment": environment,
	}
}

_protected(facts) := {pod |
	some id in object.get(input.by_kind, "PodDisruptionBudget", [])
	some pod in object.get(facts.selected, id, [])
}
