# METADATA
# title: Registries
# description: |
#   An image may come only from registries that the site names: a typing error or a hijacked name
#   otherwise pulls from anywhere.
# custom:
#   severity: error
#   reference: KSV-0034 family, gatekeeper-library allowedrepos
#   values: image
#   fix: use an image of one of the site's `registries`, or add the registry there
package images.registry

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some environment in pod.environments
	registries := input.environments[environment].registries
	count(registries) > 0
	some pulled in pods.images(pod)
	image := pulled.image
	registry := _registry(image)
	not registry in registries
	finding := {
		"msg": sprintf(
			"%s has the image %s of '%s', the site allows %s",
			[pulled.who, image, registry, concat(", ", registries)],
		),
		"object": pod.id,
		"environment": environment,
		"container": pulled.container,
	}
}

# What has no dot, colon or `localhost` before its first slash comes from Docker Hub.
_registry(image) := first if {
	parts := split(image, "/")
	count(parts) > 1
	first := parts[0]
	regex.match(`[.:]|^localhost$`, first)
} else := "docker.io"
