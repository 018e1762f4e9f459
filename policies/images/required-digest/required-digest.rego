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

deny contains finding if {
	some pod in input.pods
	some environment in pod.environments
	input.environments[environment].require_digests == true
	some container in pod.containers
	image := container.image
	not contains(image, "@sha256:")
	finding := {
		"msg": sprintf(
			"container '%s' has the image %s without the digest that the site requires",
			[container.name, image],
		),
		"object": pod.id,
		"environment": environment,
		"container": container.name,
	}
}
