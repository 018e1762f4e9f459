# METADATA
# title: Deadlines of CronJobs
# description: |
#   A run that hangs keeps the next one from starting, for ever, and a backup just does not happen.
# custom:
#   severity: warning
#   reference: kube-score cronjob-has-deadline
#   values: activeDeadlineSeconds
#   manifest_fix: write `startingDeadlineSeconds`, and `activeDeadlineSeconds` under `jobTemplate.spec`
#   fix: state `startingDeadlineSeconds` and `activeDeadlineSeconds`
package workloads.cron_deadline

deny contains finding if {
	some id in input.by_kind.CronJob
	spec := input.objects[id].spec
	missing := [field |
		some field, path in {
			"startingDeadlineSeconds": ["startingDeadlineSeconds"],
			"activeDeadlineSeconds": ["jobTemplate", "spec", "activeDeadlineSeconds"],
		}
		object.get(spec, path, 0) == 0
	]
	count(missing) > 0
	finding := {"msg": sprintf("it has no %s", [concat(" and no ", sort(missing))]), "object": id}
}
