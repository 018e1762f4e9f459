package argocd.destination_test

import data.argocd.destination
import data.lib.fixture

test_denies_default_project if {
	found := fixture.messages(destination.deny) with input as fixture.of_facts({"applications": [{"id": "a", "project": "default", "namespace": "media"}]})

	found == {`it is of the project 'default', which allows everything`}
}

test_denies_no_namespace if {
	found := fixture.messages(destination.deny) with input as fixture.of_facts({"applications": [{"id": "a", "project": "media", "namespace": null}]})

	found == {`it names no namespace of its destination`}
}

test_allows_both if {
	found := fixture.messages(destination.deny) with input as fixture.of_facts({"applications": [{"id": "a", "project": "media", "namespace": "media"}]})

	found == set()
}
