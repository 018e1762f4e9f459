# METADATA
# title: Limits of scratch space
# description: |
#   An emptyDir without a limit fills the node's disk, and a full node evicts everything on it.
# custom:
#   severity: warning
#   reference: kyverno/policies require-emptydir-requests-and-limits
#   values: storage
#   manifest: volumes
#   fix: 'write `emptyDir: {sizeLimit: 1Gi}`'
package pods.scratch_limit

deny contains finding if {
	some pod in input.pods
	some volume in pod.spec.volumes
	scratch := volume.emptyDir
	not scratch.sizeLimit
	finding := {
		"msg": sprintf("volume '%s' is an emptyDir without a sizeLimit", [volume.name]),
		"object": pod.id,
		"values": ["storage", volume.name],
	}
}
