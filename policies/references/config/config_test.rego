package references.config_test

import data.lib.fixture
import data.references.config

test_denies_absent_secret if {
	fixture.messages(config.deny) == {`variable A of container 'app' needs Secret 'gone' key 'k', which is rendered nowhere`} with input as _document(_variable("gone", "k"), [])
}

test_denies_absent_key if {
	fixture.messages(config.deny) == {`variable A of container 'app' needs Secret 'app' key 'gone', which is rendered nowhere`} with input as _document(_variable("app", "gone"), [])
}

test_allows_key if {
	fixture.messages(config.deny) == set() with input as _document(_variable("app", "k"), [])
}

test_allows_unknown_keys if {
	fixture.messages(config.deny) == set() with input as _document(_variable("any", "k"), [])
}

test_denies_absent_whole_and_volume if {
	fixture.messages(config.deny) == {`container 'app' needs ConfigMap 'gone', which is rendered nowhere`, `volume 'v' needs ConfigMap 'gone', which is rendered nowhere`} with input as _document({"envFrom": [{"configMapRef": {"name": "gone"}}]}, [{"name": "v", "configMap": {"name": "gone"}}])
}

test_allows_optional if {
	fixture.messages(config.deny) == set() with input as _document({"envFrom": [{"secretRef": {"name": "gone", "optional": true}}]}, [])
}
_variable(name, key) := {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}]}

_document(container, volumes) := object.union(
	fixture.of_pod({"containers": [fixture.main_container(container)], "spec": {"volumes": volumes}}),
	{"environments": {"prod": {
		"open": [],
		"secrets": {"media/app": ["k"], "media/any": null},
		"config_maps": {},
	}}},
)
