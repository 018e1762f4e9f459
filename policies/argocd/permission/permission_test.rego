package argocd.permission_test

import data.argocd.permission
import data.lib.fixture

test_denies_absent_project if {
	found := fixture.messages(permission.deny) with input as _document({"project_id": null}, {})

	found == {`its project 'media' is rendered nowhere`}
}

test_denies_kind if {
	found := fixture.messages(permission.deny) with input as _document({"kinds": ["namespaced apps/Deployment"]}, {"namespaceResourceWhitelist": [{"group": "batch", "kind": "*"}]})

	found == {`its project 'media' does not allow namespaced apps/Deployment`}
}

test_denies_cluster_kind if {
	found := fixture.messages(permission.deny) with input as _document({"kinds": ["cluster /Namespace"]}, {})

	found == {`its project 'media' does not allow cluster /Namespace`}
}

test_denies_namespace if {
	found := fixture.messages(permission.deny) with input as _document({"namespaces": ["velero"]}, {"destinations": [{"namespace": "media"}]})

	found == {`its project 'media' does not allow the namespace 'velero'`}
}

test_denies_everything if {
	found := fixture.messages(permission.deny) with input as _document({"kinds": ["cluster /Namespace"]}, {"destinations": [{"namespace": "*"}], "clusterResourceWhitelist": [{"group": "*", "kind": "*"}]})

	found == {`it allows every namespace`, `its clusterResourceWhitelist allows everything`}
}

test_allows_exact_and_group if {
	found := fixture.messages(permission.deny) with input as _document({"kinds": ["namespaced apps/Deployment", "namespaced batch/CronJob"], "namespaces": ["media"]}, {"destinations": [{"namespace": "media"}], "namespaceResourceWhitelist": [{"group": "apps", "kind": "Deployment"}, {"group": "batch", "kind": "*"}]})

	found == set()
}

test_allows_without_list if {
	fixture.messages(permission.deny) == set() with input as _document({"kinds": ["namespaced apps/Deployment"]}, {})
}

_document(application, project) := {
	"by_kind": {"AppProject": ["p"]},
	"objects": {"p": {"spec": project}},
	"environments": {"prod": {"applications": [object.union(
		{"id": "a", "project": "media", "project_id": "p", "kinds": [], "namespaces": []},
		application,
	)]}},
}
