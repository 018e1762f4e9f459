package references.config_test

import data.lib.fixture
import data.references.config

test_denies_absent_secret if {
	found := fixture.messages(config.deny) with input as _document(_variable("gone", "k"), [])

	found == {`variable A of container 'app' needs Secret 'gone' key 'k', which is rendered nowhere`}
}

test_denies_absent_key if {
	found := fixture.messages(config.deny) with input as _document(_variable("app", "gone"), [])

	found == {`variable A of container 'app' needs Secret 'app' key 'gone', which is rendered nowhere`}
}

test_allows_key if {
	fixture.messages(config.deny) == set() with input as _document(_variable("app", "k"), [])
}

test_allows_unknown_keys if {
	fixture.messages(config.deny) == set() with input as _document(_variable("any", "k"), [])
}

test_denies_absent_whole_and_volume if {
	found := fixture.messages(config.deny) with input as _document({"envFrom": [{"configMapRef": {"name": "gone"}}]}, [{"name": "v", "configMap": {"name": "gone"}}])

	found == {
		`container 'app' needs ConfigMap 'gone', which is rendered nowhere`,
		`volume 'v' needs ConfigMap 'gone', which is rendered nowhere`,
	}
}

test_allows_optional if {
	found := fixture.messages(config.deny) with input as _document({"envFrom": [{"secretRef": {"name": "gone", "optional": true}}]}, [])

	found == set()
}

test_denies_projections_and_pull_secrets if {
	document := object.union(
		fixture.of_pod({"spec": {
			"imagePullSecrets": [{"name": "pull"}],
			"volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": "app", "items": [{"key": "k"}, {"key": "gone"}]}}, {"configMap": {"name": "gone"}}]}}],
		}}),
		{"environments": {"prod": {"open": [], "secrets": {"media/app": ["k"]}, "config_maps": {}}}},
	)

	fixture.messages(config.deny) == {
		`the pod needs Secret 'pull', which is rendered nowhere`,
		`volume 'v' needs Secret 'app' key 'gone', which is rendered nowhere`,
		`volume 'v' needs ConfigMap 'gone', which is rendered nowhere`,
	} with input as document
}

_variable(name, key) := {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}]}

_document(container, volumes) := object.union(
	fixture.of_pod({"containers": [fixture.main_container(container)], "spec": {"volumes": volumes}}),
	{"environments": {"prod": {
		"open": [],
		"secrets": {"media/app": ["k"], "media/any": ["*"]},
		"config_maps": {},
	}}},
)
