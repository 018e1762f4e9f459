# METADATA
# title: Paths of the node
# description: |
#   A hostPath volume is the node's own disk: it survives nothing, is backed up by nobody, and reaches
#   the kubelet's secrets.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: HostPath Volumes'
#   values: storage
#   manifest: volumes
#   manifest_fix: use a claim or an emptyDir
#   fix: >-
#     use a claim or an emptyDir; a path that must be read goes under `exceptions` as `allow: {hostPath:
#     [VOLUME]}`
package pods.host_path

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some volume in pod.spec.volumes
	not pods.granted_to_pod(pod, sprintf("hostPath:%s", [volume.name]))
	path := volume.hostPath.path
	finding := {
		"msg": sprintf("volume '%s' is the path %s of the node", [volume.name, path]),
		"object": pod.id,
		"values": ["storage", volume.name],
	}
}
