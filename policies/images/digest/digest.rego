# METADATA
# title: Digests
# description: |
#   A version tag can be moved by whoever owns the registry account; a digest cannot.
# custom:
#   severity: warning
#   reference: CKV_K8S_43, gatekeeper-library imagedigests
#   values: image
#   manifest_fix: append `@sha256:` and the digest, which `skopeo inspect` prints
#   fix: append `@sha256:` and the digest, which `skopeo inspect` prints; Renovate keeps it fresh
package images.digest

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some pulled in pods.images(pod)
	image := pulled.image
	not regex.match(`@sha256:[0-9a-f]{64}$`, image)
	finding := {
		"msg": sprintf("%s has the image %s without a digest", [pulled.who, image]),
		"object": pod.id,
		"container": pulled.container,
	}
}
