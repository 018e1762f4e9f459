package references.target_test

import data.lib.fixture
import data.references.target

test_denies_absent_target if {
	found := fixture.messages(target.deny) with input as fixture.of_object("HorizontalPodAutoscaler", {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "gone"}}}, {"index": {}})

	found == {`it scales Deployment/gone, which is rendered nowhere`}
}

test_denies_absent_service if {
	found := fixture.messages(target.deny) with input as fixture.of_object("StatefulSet", {"spec": {"serviceName": "gone"}}, {"index": {}})

	found == {`its serviceName is 'gone', a Service that is rendered nowhere`}
}

test_allows_rendered if {
	found := fixture.messages(target.deny) with input as fixture.of_object("StatefulSet", {"spec": {"serviceName": "app"}}, {"index": {"Service/media/app": "s"}})

	found == set()
}

test_denies_bindings_of_nothing if {
	binding := {"roleRef": {"kind": "Role", "name": "gone"}, "subjects": [{"kind": "ServiceAccount", "name": "app"}]}
	found := fixture.messages(target.deny) with input as fixture.of_object("RoleBinding", binding, {"open": [], "index": {}})

	found == {
		`it binds Role 'gone' of namespace 'media', which is rendered nowhere`,
		`it binds ServiceAccount 'app' of namespace 'media', which is rendered nowhere`,
	}
}

test_allows_bindings_of_rendered_and_of_charts if {
	binding := {"roleRef": {"kind": "ClusterRole", "name": "app"}, "subjects": [
		{"kind": "ServiceAccount", "name": "app", "namespace": "media"},
		{"kind": "ServiceAccount", "name": "theirs", "namespace": "longhorn-system"},
		{"kind": "User", "name": "alex"},
	]}
	found := fixture.messages(target.deny) with input as fixture.of_object("ClusterRoleBinding", binding, {"open": ["longhorn-system"], "index": {"ServiceAccount/media/app": "a"}})

	found == set()
}

test_denies_budget_without_pods if {
	found := fixture.messages(target.deny) with input as _budget([], [])

	found == {`it selects no pod`}
}

test_allows_budget_of_pods if {
	fixture.messages(target.deny) == set() with input as _budget(["prod:Deployment/media/app"], [])
}

test_allows_budget_of_a_chart if {
	fixture.messages(target.deny) == set() with input as _budget([], ["media"])
}

_budget(pods, open) := fixture.of_object("PodDisruptionBudget", {}, {
	"open": open,
	"selected": {"prod:PodDisruptionBudget/media/sonarr": pods},
})
