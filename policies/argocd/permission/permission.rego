# METADATA
# title: What an AppProject allows
# description: |
#   What its project does not allow an Application cannot create; what a project allows beyond that is a
#   way out of the domain.
# custom:
#   severity: error
#   manifest: spec.project, spec.destination
#   reference: architecture.md 2, 25; kyverno/policies argo
#   manifest_fix: >-
#     list the kind under `namespaceResourceWhitelist` or `clusterResourceWhitelist` of the AppProject, and the
#     namespace under its `destinations`
#   fix: let the generator write the project; a kind of an upstream chart goes under `chart.kinds`
package argocd.permission

deny contains finding if {
	some environment, facts in input.environments
	some application in facts.applications
	application.project_id == null
	finding := {
		"msg": sprintf("its project '%s' is rendered nowhere", [application.project]),
		"object": application.id,
		"environment": environment,
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some application in facts.applications
	project := input.objects[application.project_id].spec
	some group_kind in application.kinds
	not _allowed(project, group_kind)
	finding := {
		"msg": sprintf("its project '%s' does not allow %s", [application.project, group_kind]),
		"objects": [application.id, application.project_id],
		"environment": environment,
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some application in facts.applications
	project := input.objects[application.project_id].spec
	some namespace in application.namespaces
	not _reaches(project, namespace)
	finding := {
		"msg": sprintf("its project '%s' does not allow the namespace '%s'", [application.project, namespace]),
		"objects": [application.id, application.project_id],
		"environment": environment,
	}
}

deny contains finding if {
	some id in object.get(input.by_kind, "AppProject", [])
	project := input.objects[id]
	some field in ["clusterResourceWhitelist", "namespaceResourceWhitelist"]
	some entry in project.spec[field]
	entry == {"group": "*", "kind": "*"}
	finding := {"msg": sprintf("its %s allows everything", [field]), "object": id}
}

deny contains finding if {
	some id in object.get(input.by_kind, "AppProject", [])
	some destination in input.objects[id].spec.destinations
	destination.namespace == "*"
	finding := {"msg": "it allows every namespace", "object": id}
}

_allowed(project, group_kind) if {
	[scope, name] := split(group_kind, " ")
	field := {"cluster": "clusterResourceWhitelist", "namespaced": "namespaceResourceWhitelist"}[scope]
	some entry in project[field]
	_matches(entry, name)
}

# A project without a list for namespaced kinds allows them all.
_allowed(project, group_kind) if {
	startswith(group_kind, "namespaced ")
	not project.namespaceResourceWhitelist
}

_matches(entry, name) if sprintf("%s/%s", [entry.group, entry.kind]) == name

_matches(entry, name) if {
	entry.kind == "*"
	startswith(name, sprintf("%s/", [entry.group]))
}

_matches(entry, _) if entry == {"group": "*", "kind": "*"}

_reaches(project, namespace) if {
	some destination in project.destinations
	destination.namespace in {namespace, "*"}
}
