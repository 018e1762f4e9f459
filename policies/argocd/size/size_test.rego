package argocd.size_test

import data.argocd.size
import data.lib.fixture

test_denies_too_many if {
	fixture.messages(size.deny) == {`it has 2501 objects, 2500 are safe`} with input as fixture.of_facts({"applications": [{"id": "a", "objects": 2501}]})
}

test_allows_as_many if {
	fixture.messages(size.deny) == set() with input as fixture.of_facts({"applications": [{"id": "a", "objects": 2500}]})
}
