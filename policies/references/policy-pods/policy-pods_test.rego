package references.policy_pods_test

import data.lib.fixture
import data.references.policy_pods

test_denies_none if {
	found := fixture.messages(policy_pods.deny) with input as _document("NetworkPolicy", {"podSelector": {"matchLabels": {"a": "b"}}}, [])

	found == {`it selects no pod`}
}

test_allows_everything if {
	fixture.messages(policy_pods.deny) == set() with input as _document("NetworkPolicy", {"podSelector": {}}, [])
}

test_denies_none_of_cilium if {
	found := fixture.messages(policy_pods.deny) with input as _document("CiliumNetworkPolicy", {"endpointSelector": {"matchLabels": {"a": "b"}}}, [])

	found == {`it selects no pod`}
}

test_allows_what_names_no_selector if {
	fixture.messages(policy_pods.deny) == set() with input as _document("NetworkPolicy", {}, [])
}

test_allows_everything_of_cilium if {
	found := fixture.messages(policy_pods.deny) with input as _document("CiliumNetworkPolicy", {"endpointSelector": {}}, [])

	found == set()
}

test_allows_some if {
	found := fixture.messages(policy_pods.deny) with input as _document("NetworkPolicy", {"podSelector": {"matchLabels": {"a": "b"}}}, ["p"])

	found == set()
}

test_allows_movers_beside_what_they_copy if {
	every kind, field in {"NetworkPolicy": "podSelector", "CiliumNetworkPolicy": "endpointSelector"} {
		fixture.messages(policy_pods.deny) == set() with input as _movers(kind, field, "media")
	}
}

test_denies_movers_where_nothing_is_copied if {
	found := fixture.messages(policy_pods.deny) with input as _movers("NetworkPolicy", "podSelector", "ai")

	found == {`it selects no pod`}
}

_movers(kind, field, namespace) := object.union(
	_document(kind, {field: {"matchLabels": {"app.kubernetes.io/created-by": "volsync"}}}, []),
	{
		"by_kind": {"ReplicationSource": ["r"]},
		"objects": {"r": {"kind": "ReplicationSource", "namespace": namespace}},
	},
)

_document(kind, spec, pods) := {
	"environments": {"prod": {"selected": {"n": pods}, "open": []}},
	"objects": {"n": {"kind": kind, "namespace": "media", "spec": spec}},
}
