package network.names_twice_test

import data.lib.fixture
import data.network.names_twice

test_denies_twice if {
	found := fixture.messages(names_twice.deny) with input as fixture.of_facts({"doubles": [{"ids": ["prod:Service/a/b", "prod:Service/a/b+"]}]})

	found == {`it is rendered twice`}
}

test_allows_once if {
	fixture.messages(names_twice.deny) == set() with input as fixture.of_facts({"doubles": []})
}
