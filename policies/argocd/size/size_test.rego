package argocd.size_test

import data.argocd.size
import data.lib.fixture

test_denies_too_many if {
	found := fixture.messages(size.deny) with input as fixture.of_facts({"applications": [{"id": "a", "objects": 2501}]})

	found == {`it has 2501 objects, 2500 are safe`}
}

test_allows_as_many if {
	found := fixture.messages(size.deny) with input as fixture.of_facts({"applications": [{"id": "a", "objects": 2500}]})

	found == set()
}
