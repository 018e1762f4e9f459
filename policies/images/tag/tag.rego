# METADATA
# title: Tags that move
# description: |
#   An image without a tag, or with one that is meant to move, is another program after the next
#   restart, and nobody changed anything.
# custom:
#   severity: error
#   reference: KSV-0013, kube-linter latest-tag
#   values: image
#   fix: 'pin the version: registry/name:1.2.3'
package images.tag

import data.lib.pods

_moving := {"latest", "stable", "edge", "nightly", "main", "master", "develop", "rolling"}

deny contains finding if {
	some pod in input.pods
	some pulled in pods.images(pod)
	image := pulled.image
	tag := _tag(image)
	tag in _moving
	finding := {
		"msg": sprintf("%s has the moving tag '%s' of %s", [pulled.who, tag, image]),
		"object": pod.id,
		"container": pulled.container,
	}
}

deny contains finding if {
	some pod in input.pods
	some pulled in pods.images(pod)
	image := pulled.image
	_tag(image) == ""
	not contains(image, "@sha256:")
	finding := {
		"msg": sprintf("%s has the image %s without a tag", [pulled.who, image]),
		"object": pod.id,
		"container": pulled.container,
	}
}

# The tag stands after the last colon behind the last slash, before the digest.
_tag(image) := tag if {
	path := split(split(image, "@")[0], "/")
	parts := split(path[count(path) - 1], ":")
	count(parts) > 1
	tag := parts[1]
} else := ""
