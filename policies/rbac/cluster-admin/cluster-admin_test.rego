package rbac.cluster_admin_test

import data.lib.fixture
import data.rbac.cluster_admin

test_denies_role if {
	fixture.messages(cluster_admin.deny) == {`it binds the role cluster-admin`} with input as fixture.of_object("ClusterRoleBinding", {"roleRef": {"name": "cluster-admin"}}, {})
}

test_denies_group if {
	fixture.messages(cluster_admin.deny) == {`it binds the group system:authenticated`} with input as fixture.of_object("RoleBinding", {"roleRef": {"name": "app"}, "subjects": [{"kind": "Group", "name": "system:authenticated"}]}, {})
}

test_allows_account if {
	fixture.messages(cluster_admin.deny) == set() with input as fixture.of_object("RoleBinding", {"roleRef": {"name": "app"}, "subjects": [{"kind": "ServiceAccount", "name": "app"}]}, {})
}
