# METADATA
# title: Objects of one Application
# description: |
#   An Application keeps a line for each object in etcd. 3,600 were seen to sync, 4,800 never finish.
# custom:
#   severity: error
#   reference: architecture.md 2; measured
#   manifest_fix: split the Application
#   fix: split the domain by category
package argocd.size

_most := 2500

deny contains finding if {
	some environment, facts in input.environments
	some application in facts.applications
	application.objects > _most
	finding := {
		"msg": sprintf("it has %d objects, %d are safe", [application.objects, _most]),
		"object": application.id,
		"environment": environment,
	}
}
