# METADATA
# title: Pod Security labels
# description: |
#   The label is the API server's own last word. It must admit what is rendered, grant no more than
#   that, and say what was declared.
# custom:
#   severity: error
#   reference: Kubernetes Pod Security Admission
#   values: namespace
#   manifest: metadata.labels
#   manifest_fix: >-
#     label the Namespace with the level that its pods need (`pod-security.kubernetes.io/enforce`, `audit` and
#     `warn`), or change the pods
#   fix: >-
#     declare the level that the pods need under `namespace: {pod_security: {level, reason, until}}`, or take
#     the exception away
package namespaces.pod_security

_rank := {"restricted": 0, "baseline": 1, "privileged": 2}

_label := "pod-security.kubernetes.io/enforce"

deny contains finding if {
	some id in input.by_kind.Namespace
	namespace := input.objects[id]
	some mode in ["enforce", "audit", "warn"]
	level := object.get(namespace.labels, sprintf("pod-security.kubernetes.io/%s", [mode]), "")
	not level in object.keys(_rank)
	finding := {"msg": sprintf("it has no Pod Security label for %s", [mode]), "object": id}
}

deny contains finding if {
	some pod in input.pods
	pod.level != ""
	some environment in pod.environments
	id := input.environments[environment].index[sprintf("Namespace/-/%s", [pod.namespace])]
	level := input.objects[id].labels[_label]
	_rank[pod.level] > _rank[level]
	finding := {
		"msg": sprintf("its pods need the level %s, namespace '%s' admits %s", [pod.level, pod.namespace, level]),
		"objects": [pod.id, id],
		"environment": environment,
		"values": ["securityContext"],
	}
}

deny contains finding if {
	some environment, facts in input.environments
	needed := {[pod.namespace, _rank[pod.level]] |
		some pod in input.pods
		environment in pod.environments
	}
	some name, declared in facts.namespaces
	declared.upstream == false
	some rank in [0, 1]
	rank < _rank[declared.level]
	[name, rank] in needed
	not _needs_more(needed, name, rank)
	finding := {
		"msg": sprintf("namespace '%s' grants %s, its pods need less", [name, declared.level]),
		"object": sprintf("%s:Namespace/-/%s", [environment, name]),
		"environment": environment,
		"place": declared.place,
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some name, declared in facts.namespaces
	id := facts.index[sprintf("Namespace/-/%s", [name])]
	level := input.objects[id].labels[_label]
	level != declared.level
	finding := {
		"msg": sprintf("its label says %s, the values declare %s", [level, declared.level]),
		"object": id,
		"environment": environment,
		"place": declared.place,
	}
}

_needs_more(needed, name, rank) if {
	some more in _rank
	more > rank
	[name, more] in needed
}
