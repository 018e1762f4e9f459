# METADATA
# title: The namespace default
# description: |
#   What lands in `default` has no budget, no policies and no owner: mostly a namespace was forgotten.
# custom:
#   severity: error
#   manifest: metadata.namespace
#   reference: KSV-0110, CKV_K8S_21
#   values: namespace
#   manifest_fix: write `metadata.namespace`
#   fix: state the namespace of the domain
package namespaces.default_namespace

deny contains finding if {
	some id, found in input.objects
	found.namespace == "default"
	not found.name in {"kubernetes", "kube-root-ca.crt"}
	finding := {"msg": "it stands in the namespace 'default'", "object": id}
}

deny contains finding if {
	some pod in input.pods
	pod.namespace == ""
	finding := {"msg": "it names no namespace, so it lands in 'default'", "object": pod.id}
}
