# METADATA
# title: Secrets and ConfigMaps that are missing
# description: |
#   A pod that refers to a Secret, ConfigMap or key that does not exist never starts.
# custom:
#   severity: error
#   reference: kube-linter env-value-from, dangling references
#   values: secrets
#   manifest: env, envFrom, volumes, imagePullSecrets
#   manifest_fix: 'render the Secret or ConfigMap with that key, or write `optional: true`'
#   fix: 'name a key that is rendered: `secrets` for the secret store, `files` for ConfigMaps'
package references.config

deny contains finding if {
	some pod in input.pods
	some environment in pod.environments
	facts := input.environments[environment]
	not pod.namespace in facts.open
	some wanted in _wanted(pod)
	wanted.optional == false
	not _exists(facts, pod.namespace, wanted)
	finding := {
		"msg": sprintf(
			"%s needs %s '%s'%s, which is rendered nowhere",
			[wanted.who, wanted.kind, wanted.name, _shown(wanted.key)],
		),
		"object": pod.id,
		"environment": environment,
	}
}

_shown("") := ""

_shown(key) := sprintf(" key '%s'", [key]) if key != ""

_wanted(pod) := array.flatten([
	_of_variables(pod), _of_whole(pod), _of_volumes(pod),
	_of_projections(pod), _of_registries(pod),
])

_references := {"Secret": "secretKeyRef", "ConfigMap": "configMapKeyRef"}

_of_variables(pod) := [entry |
	some container in pod.containers
	some variable in container.env
	some kind, field in _references
	reference := variable.valueFrom[field]
	entry := {
		"who": sprintf("variable %s of container '%s'", [variable.name, container.name]),
		"kind": kind,
		"name": reference.name,
		"key": reference.key,
		"optional": object.get(reference, "optional", false),
	}
]

_of_whole(pod) := [entry |
	some container in pod.containers
	some source in container.envFrom
	some kind, field in {"Secret": "secretRef", "ConfigMap": "configMapRef"}
	reference := source[field]
	entry := {
		"who": sprintf("container '%s'", [container.name]),
		"kind": kind,
		"name": reference.name,
		"key": "",
		"optional": object.get(reference, "optional", false),
	}
]

_of_volumes(pod) := [entry |
	some volume in pod.spec.volumes
	some kind, fields in {"Secret": ["secret", "secretName"], "ConfigMap": ["configMap", "name"]}
	source := volume[fields[0]]
	keys := object.get(source, "items", [{"key": ""}])
	some item in keys
	entry := {
		"who": sprintf("volume '%s'", [volume.name]),
		"kind": kind,
		"name": source[fields[1]],
		"key": item.key,
		"optional": object.get(source, "optional", false),
	}
]

_of_projections(pod) := [entry |
	some volume in pod.spec.volumes
	some part in volume.projected.sources
	some kind, field in {"Secret": "secret", "ConfigMap": "configMap"}
	source := part[field]
	some item in object.get(source, "items", [{"key": ""}])
	entry := {
		"who": sprintf("volume '%s'", [volume.name]),
		"kind": kind,
		"name": source.name,
		"key": item.key,
		"optional": object.get(source, "optional", false),
	}
]

_of_registries(pod) := [entry |
	some pull in pod.spec.imagePullSecrets
	entry := {"who": "the pod", "kind": "Secret", "name": pull.name, "key": "", "optional": false}
]

_exists(facts, namespace, wanted) if {
	known := facts[{"Secret": "secrets", "ConfigMap": "config_maps"}[wanted.kind]]
	keys := known[sprintf("%s/%s", [namespace, wanted.name])]
	_has(keys, wanted.key)
}

# What is mounted whole needs no key.
_has(keys, key) if key in array.concat(keys, [""])

# Keys that nobody knows beforehand.
_has(keys, _) if "*" in keys
