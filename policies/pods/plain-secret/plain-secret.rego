# METADATA
# title: Secrets in plain variables
# description: |
#   What stands in a manifest stands in Git, in ArgoCD and in every backup of both.
# custom:
#   severity: error
#   reference: KSV-0109, kube-linter env-var-secret
#   values: env
#   manifest_fix: 'keep the value in a Secret and write `valueFrom: {secretKeyRef: {name, key}}`'
#   fix: move the value to the secret store and name its key under `secrets`
package pods.plain_secret

# Names that say: this is a secret. Files and addresses of secrets are none.
_secret := `(?i)(password|passwd|passphrase|secret|token|api_?key|private_?key|credential|(^|_)(pgpass|pass|pwd|pw)$)`

# Values that are secrets whatever they are called: a password in an address, keys and tokens of known form.
_known := concat("|", [
	`://[^/@:\s$]*:[^/@\s$]+@`,
	`-----BEGIN [A-Z ]*PRIVATE KEY-----`,
	`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
	`\bgh[pousr]_[A-Za-z0-9]{36,}`,
	`\bxox[abprs]-[A-Za-z0-9-]{10,}`,
	`\bglpat-[A-Za-z0-9_-]{20,}`,
])

_harmless := `(?i)(_file|_path|_url|_uri|_name|_id|_header|_ttl|_expiry|_length|_type|_enabled|_disabled|_policy)$`

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	some variable in container.env
	_tells(variable.name, object.get(variable, "value", ""))
	finding := {
		"msg": sprintf("container '%s' has a secret in the plain variable %s", [container.name, variable.name]),
		"object": pod.id,
		"container": container.name,
		"values": ["env", variable.name],
	}
}

_tells(name, value) if {
	regex.match(_secret, name)
	not regex.match(_harmless, name)
	not value in {"", "true", "false", "True", "False", "0", "1"}
	not regex.match(`^(/|\$\(|file:|https?://)`, value)
}

_tells(_, value) if regex.match(_known, value)
