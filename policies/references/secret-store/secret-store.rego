# METADATA
# title: Stores of secrets
# description: |
#   An ExternalSecret of a store that nobody made leaves its Secret empty, and every pod that needs it
#   waiting.
# custom:
#   severity: error
#   reference: 'house rule: secrets come from the site''s store'
#   values: secrets
#   manifest: spec.secretStoreRef
#   manifest_fix: name a SecretStore or ClusterSecretStore that is rendered
#   fix: name the store of `secret_store` in values/site.yaml
package references.secret_store

deny contains finding if {
	some id in object.get(input.by_kind, "ExternalSecret", [])
	secret := input.objects[id]
	store := secret.spec.secretStoreRef
	kind := object.get(store, "kind", "SecretStore")
	some environment in secret.environments
	not input.environments[environment].index[sprintf("%s/%s/%s", [kind, _namespace(kind, secret), store.name])]
	finding := {
		"msg": sprintf("its store %s/%s is rendered nowhere", [kind, store.name]),
		"object": id,
		"environment": environment,
	}
}

_namespace("ClusterSecretStore", _) := "-"

_namespace(kind, secret) := secret.namespace if kind != "ClusterSecretStore"
