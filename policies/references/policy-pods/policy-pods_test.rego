package references.policy_pods_test

import data.lib.fixture
import data.references.policy_pods

test_denies_none if {
	fixture.messages(policy_pods.deny) == {`it selects no pod`} with input as _document("NetworkPolicy", {"podSelector": {"matchLabels": {"a": "b"}}}, [])
}

test_allows_everything if {
	fixture.messages(policy_pods.deny) == set() with input as _document("NetworkPolicy", {"podSelector": {}}, [])
}

test_allows_everything_of_cilium if {
	fixture.messages(policy_pods.deny) == set() with input as _document("CiliumNetworkPolicy", {"endpointSelector": {}}, [])
}

test_allows_some if {
	fixture.messages(policy_pods.deny) == set() with input as _document("NetworkPolicy", {"podSelector": {"matchLabels": {"a": "b"}}}, ["p"])
}
_document(kind, spec, pods) := {
	"environments": {"prod": {"selected": {"n": pods}, "open": []}},
	"objects": {"n": {"kind": kind, "namespace": "media", "spec": spec}},
}
