package pods.plain_secret_test

import data.lib.fixture
import data.pods.plain_secret

test_denies_password if {
	found := fixture.messages(plain_secret.deny) with input as fixture.of_container({"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]})

	found == {`container 'app' has a secret in the plain variable DB_PASSWORD`}
}

test_allows_reference if {
	found := fixture.messages(plain_secret.deny) with input as fixture.of_container({"env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]})

	found == set()
}

test_allows_file_switch_and_composition if {
	found := fixture.messages(plain_secret.deny) with input as fixture.of_container({"env": [{"name": "TOKEN_FILE", "value": "/run/t"}, {"name": "API_TOKEN", "value": "$(X)"}, {"name": "DISABLE_TOKEN", "value": "true"}]})

	found == set()
}
