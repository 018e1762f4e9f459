# METADATA
# title: Secrets in plain variables
# description: |
#   What stands in a manifest stands in Git, in ArgoCD and in every backup of both.
# custom:
#   severity: error
#   reference: KSV-0109, kube-linter env-var-secret
#   values: env
#   fix: move the value to the secret store and name its key under `secrets`
package pods.plain_secret

# Names that say: this is a secret. Files and addresses of secrets are none.
_secret := `(?i)(password|passwd|secret|token|api_?key|private_?key|credential)`

_harmless := `(?i)(_file|_path|_url|_uri|_name|_id|_header|_ttl|_expiry|_length|_type|_enabled|_disabled|_policy)$`

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	some variable in container.env
	regex.match(_secret, variable.name)
	not regex.match(_harmless, variable.name)
	value := object.get(variable, "value", "")
	not value in {"", "true", "false", "True", "False", "0", "1"}
	not regex.match(`^(/|\$\(|file:|https?://)`, value)
	finding := {
		"msg": sprintf("container '%s' has a secret in the plain variable %s", [container.name, variable.name]),
		"object": pod.id,
		"container": container.name,
		"values": ["env", variable.name],
	}
}
