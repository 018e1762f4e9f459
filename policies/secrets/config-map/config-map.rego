# METADATA
# title: Secrets in ConfigMaps
# description: |
#   A ConfigMap is read by whoever may read anything, and stands in Git.
# custom:
#   severity: error
#   reference: KSV-0109, CKV_SECRET
#   values: files
#   manifest: data
#   manifest_fix: move the value to a Secret, and let a secret store make that (ExternalSecret)
#   fix: 'move the value to the secret store and mount it: `files: {/path: {secret: KEY}}`'
package secrets.config_map

deny contains finding if {
	some id in object.get(input.by_kind, "ConfigMap", [])
	suspects := input.objects[id].suspects
	count(suspects) > 0
	finding := {
		"msg": sprintf("something that looks like a secret stands under %s", [concat(", ", suspects)]),
		"object": id,
	}
}
