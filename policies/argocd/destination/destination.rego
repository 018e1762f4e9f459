# METADATA
# title: Applications with one name or target
# description: |
#   Two Applications of one name are one, whichever was read last; without a namespace the objects land
#   in `default`.
# custom:
#   severity: error
#   manifest: spec.destination, spec.project
#   reference: kyverno/policies argo application-prevent-default-project
#   fix: give each Application a name, a project and a namespace of its own
package argocd.destination

deny contains finding if {
	some environment, facts in input.environments
	some application in facts.applications
	application.project in {null, "", "default"}
	finding := {
		"msg": "it is of the project 'default', which allows everything",
		"object": application.id,
		"environment": environment,
	}
}

deny contains finding if {
	some environment, facts in input.environments
	some application in facts.applications
	application.namespace in {null, ""}
	finding := {
		"msg": "it names no namespace of its destination",
		"object": application.id,
		"environment": environment,
	}
}
