# METADATA
# title: Claims that are missing
# description: |
#   A pod that mounts a claim which does not exist waits for ever.
# custom:
#   severity: error
#   reference: kube-linter dangling references
#   values: storage
#   manifest: volumes
#   fix: mount a claim of the same namespace that is rendered
package references.claim

deny contains finding if {
	some pod in input.pods
	some environment in pod.environments
	facts := input.environments[environment]
	not pod.namespace in facts.open
	some volume in pod.spec.volumes
	name := volume.persistentVolumeClaim.claimName
	not facts.index[sprintf("PersistentVolumeClaim/%s/%s", [pod.namespace, name])]
	finding := {
		"msg": sprintf("volume '%s' mounts the claim '%s', which is rendered nowhere", [volume.name, name]),
		"object": pod.id,
		"environment": environment,
		"values": ["storage", volume.name],
	}
}
