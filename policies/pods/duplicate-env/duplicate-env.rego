# METADATA
# title: Variables twice
# description: |
#   Server-side apply refuses a container that names one variable twice, and ArgoCD then tries again for
#   ever.
# custom:
#   severity: error
#   reference: kube-score environment-variable-key-duplication
#   values: env
#   fix: keep one of them
package pods.duplicate_env

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	names := [variable.name | some variable in container.env]
	count(names) > count({name | some name in names})
	finding := {
		"msg": sprintf("container '%s' has a variable twice: %s", [container.name, concat(", ", _doubles(names))]),
		"object": pod.id,
		"container": container.name,
	}
}

_doubles(names) := {name |
	some number, name in names
	name in array.slice(names, number + 1, count(names))
}
