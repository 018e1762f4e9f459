package network.names_twice_test

import data.lib.fixture
import data.network.names_twice

test_denies_twice if {
	fixture.messages(names_twice.deny) == {`it is rendered twice`} with input as fixture.of_facts({"doubles": [{"ids": ["prod:Service/a/b", "prod:Service/a/b+"]}]})
}

test_allows_once if {
	fixture.messages(names_twice.deny) == set() with input as fixture.of_facts({"doubles": []})
}
