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

test_denies_short_names_and_passwords_in_addresses if {
	found := fixture.messages(plain_secret.deny) with input as fixture.of_container({"env": [
		{"name": "PGPASS", "value": "hunter2"},
		{"name": "DB_PWD", "value": "hunter2"},
		{"name": "DATABASE_URL", "value": "postgres://app:hunter2@db/app"},
		{"name": "BROKER", "value": "redis://:hunter2@valkey:6379/0"},
		{"name": "ACCESS", "value": "AKIAABCDEFGHIJKLMNOP"},
	]})

	found == {sprintf("container 'app' has a secret in the plain variable %s", [name]) |
		some name in ["PGPASS", "DB_PWD", "DATABASE_URL", "BROKER", "ACCESS"]
	}
}

test_allows_addresses_whose_password_is_filled_in if {
	found := fixture.messages(plain_secret.deny) with input as fixture.of_container({"env": [
		{"name": "DATABASE_URL", "value": "postgres://app:$(DB_PASSWORD)@db/app"},
		{"name": "BYPASS", "value": "localhost"},
		{"name": "PROXY", "value": "http://proxy:3128/a@b"},
	]})

	found == set()
}
