package references.secret_store_test

import data.lib.fixture
import data.references.secret_store

test_denies_absent if {
	found := fixture.messages(secret_store.deny) with input as _document("ClusterSecretStore", "gone")

	found == {`its store ClusterSecretStore/gone is rendered nowhere`}
}

test_denies_store_of_another_namespace if {
	found := fixture.messages(secret_store.deny) with input as _document("SecretStore", "store")

	found == {`its store SecretStore/store is rendered nowhere`}
}

test_allows_rendered if {
	fixture.messages(secret_store.deny) == set() with input as _document("ClusterSecretStore", "store")
}

_document(kind, name) := fixture.of_object(
	"ExternalSecret",
	{"spec": {"secretStoreRef": {"kind": kind, "name": name}}},
	{"index": {"ClusterSecretStore/-/store": "s"}},
)
