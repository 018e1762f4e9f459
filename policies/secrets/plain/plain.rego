# METADATA
# title: Secrets in Git
# description: |
#   A Secret in a chart is base64 in Git: not a secret. The store makes Secrets in the cluster.
# custom:
#   severity: error
#   reference: 'house rule: secrets come from the site''s store'
#   values: secrets
#   manifest: data, stringData
#   manifest_fix: let a secret store make the Secret (ExternalSecret), or encrypt it (SealedSecret)
#   fix: state the key under `secrets`; the ExternalSecret comes by itself
package secrets.plain

deny contains finding if {
	some id in object.get(input.by_kind, "Secret", [])
	secret := input.objects[id]
	count(secret.keys) > 0
	finding := {"msg": sprintf("it holds %s in plain sight", [concat(", ", secret.keys)]), "object": id}
}
