package rbac.cluster_admin_test

import data.lib.fixture
import data.rbac.cluster_admin

test_denies_role if {
	found := fixture.messages(cluster_admin.deny) with input as fixture.of_object("ClusterRoleBinding", {"roleRef": {"name": "cluster-admin"}}, {})

	found == {`it binds the role cluster-admin`}
}

test_denies_group if {
	found := fixture.messages(cluster_admin.deny) with input as fixture.of_object("RoleBinding", {"roleRef": {"name": "app"}, "subjects": [{"kind": "Group", "name": "system:authenticated"}]}, {})

	found == {`it binds the group system:authenticated`}
}

test_allows_account if {
	found := fixture.messages(cluster_admin.deny) with input as fixture.of_object("RoleBinding", {"roleRef": {"name": "app"}, "subjects": [{"kind": "ServiceAccount", "name": "app"}]}, {})

	found == set()
}

test_denies_anonymous if {
	found := fixture.messages(cluster_admin.deny) with input as fixture.of_object("RoleBinding", {"roleRef": {"name": "app"}, "subjects": [{"kind": "User", "name": "system:anonymous"}]}, {})

	found == {`it binds whoever does not sign in (system:anonymous)`}
}
