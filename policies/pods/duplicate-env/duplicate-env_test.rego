package pods.duplicate_env_test

import data.lib.fixture
import data.pods.duplicate_env

test_denies_twice if {
	found := fixture.messages(duplicate_env.deny) with input as fixture.of_container({"env": [{"name": "TZ"}, {"name": "A"}, {"name": "TZ"}]})

	found == {`container 'app' has a variable twice: TZ`}
}

test_allows_once_and_missing if {
	fixture.messages(duplicate_env.deny) == set() with input as fixture.of_container({"env": [{"name": "TZ"}]})
}
