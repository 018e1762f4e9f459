package argocd.permission_test

import data.argocd.permission
import data.lib.fixture

test_denies_absent_project if {
	fixture.messages(permission.deny) == {`its project 'media' is rendered nowhere`} with input as _document({"project_id": null}, {})
}

test_denies_kind if {
	fixture.messages(permission.deny) == {`its project 'media' does not allow namespaced apps/Deployment`} with input as _document({"kinds": ["namespaced apps/Deployment"]}, {"namespaceResourceWhitelist": [{"group": "batch", "kind": "*"}]})
}

test_denies_cluster_kind if {
	fixture.messages(permission.deny) == {`its project 'media' does not allow cluster /Namespace`} with input as _document({"kinds": ["cluster /Namespace"]}, {})
}

test_denies_namespace if {
	fixture.messages(permission.deny) == {`its project 'media' does not allow the namespace 'velero'`} with input as _document({"namespaces": ["velero"]}, {"destinations": [{"namespace": "media"}]})
}

test_denies_everything if {
	fixture.messages(permission.deny) == {`it allows every namespace`, `its clusterResourceWhitelist allows everything`} with input as _document({"kinds": ["cluster /Namespace"]}, {"destinations": [{"namespace": "*"}], "clusterResourceWhitelist": [{"group": "*", "kind": "*"}]})
}

test_allows_exact_and_group if {
	fixture.messages(permission.deny) == set() with input as _document({"kinds": ["namespaced apps/Deployment", "namespaced batch/CronJob"], "namespaces": ["media"]}, {"destinations": [{"namespace": "media"}], "namespaceResourceWhitelist": [{"group": "apps", "kind": "Deployment"}, {"group": "batch", "kind": "*"}]})
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
