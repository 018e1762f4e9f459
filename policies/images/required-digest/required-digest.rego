# METADATA
# title: Digests that the site requires
# description: |
#   Where the site says `require_digests`, an image without a digest is no image that anybody approved.
# custom:
#   severity: error
#   reference: CKV_K8S_43, gatekeeper-library imagedigests
#   values: image
#   needs: fleet
#   fix: append `@sha256:` and the digest, which `skopeo inspect` prints
package images.required_digest

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some environment in pod.environments
	input.environments[environment].require_digests == true
	some pulled in pods.images(pod)
	image := pulled.image
	not regex.match(`@sha256:[0-9a-f]{64}$`, image)
	finding := {
		"msg": sprintf(
			"%s has the image %s without the digest that the site requires",
			[pulled.who, image],
		),
		"object": pod.id,
		"environment": environment,
		"container": pulled.container,
	}
}
