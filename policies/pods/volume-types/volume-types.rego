# METADATA
# title: Kinds of volumes
# description: |
#   Inline volumes (nfs, iscsi, cloud disks) hide a share inside a pod, where neither backup nor budget
#   sees it. A PersistentVolume with a claim does the same in the open.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, restricted: Volume Types'
#   values: storage
#   manifest: volumes
#   manifest_fix: mount a `persistentVolumeClaim` whose PersistentVolume is the share
#   fix: 'mount a claim: `storage: {name: {nfs: SHARE, mountPath: ...}}` makes the pair'
package pods.volume_types

_kinds := {
	"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
	"image", "persistentVolumeClaim", "projected", "secret",
}

deny contains finding if {
	some pod in input.pods
	some volume in pod.spec.volumes
	some kind in (object.keys(volume) - (_kinds | {"name"}))

	# pods/host-path has a word of its own for it.
	kind != "hostPath"
	finding := {
		"msg": sprintf("volume '%s' is of the kind %s", [volume.name, kind]),
		"object": pod.id,
		"values": ["storage", volume.name],
	}
}
