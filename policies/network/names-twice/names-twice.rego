# METADATA
# title: One name for two objects
# description: |
#   The second object of one kind and name overwrites the first at every sync.
# custom:
#   severity: error
#   reference: architecture.md 7
#   fix: rename one of them
package network.names_twice

deny contains finding if {
	some environment, facts in input.environments
	some double in facts.doubles
	finding := {
		"msg": "it is rendered twice",
		"objects": double.ids,
		"environment": environment,
	}
}
