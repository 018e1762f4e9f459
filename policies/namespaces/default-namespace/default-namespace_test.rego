package namespaces.default_namespace_test

import data.lib.fixture
import data.namespaces.default_namespace

test_denies_default if {
	fixture.messages(default_namespace.deny) == {`it stands in the namespace 'default'`} with input as object.union(fixture.of_object("Service", {"namespace": "default"}, {}), {"pods": []})
}

test_denies_pod_without if {
	fixture.messages(default_namespace.deny) == {`it names no namespace, so it lands in 'default'`} with input as object.union(fixture.of_pod({"namespace": ""}), {"objects": {}})
}

test_allows_others if {
	fixture.messages(default_namespace.deny) == set() with input as object.union(fixture.of_object("Service", {}, {}), {"pods": []})
}
