package namespaces.default_namespace_test

import data.lib.fixture
import data.namespaces.default_namespace

test_denies_default if {
	found := fixture.messages(default_namespace.deny) with input as object.union(fixture.of_object("Service", {"namespace": "default"}, {}), {"pods": []})

	found == {`it stands in the namespace 'default'`}
}

test_denies_pod_without if {
	found := fixture.messages(default_namespace.deny) with input as object.union(fixture.of_pod({"namespace": ""}), {"objects": {}})

	found == {`it names no namespace, so it lands in 'default'`}
}

test_allows_others if {
	found := fixture.messages(default_namespace.deny) with input as object.union(fixture.of_object("Service", {}, {}), {"pods": []})

	found == set()
}
