package argocd.destination_test

import data.argocd.destination
import data.lib.fixture

test_denies_default_project if {
	fixture.messages(destination.deny) == {`it is of the project 'default', which allows everything`} with input as fixture.of_facts({"applications": [{"id": "a", "project": "default", "namespace": "media"}]})
}

test_denies_no_namespace if {
	fixture.messages(destination.deny) == {`it names no namespace of its destination`} with input as fixture.of_facts({"applications": [{"id": "a", "project": "media", "namespace": null}]})
}

test_allows_both if {
	fixture.messages(destination.deny) == set() with input as fixture.of_facts({"applications": [{"id": "a", "project": "media", "namespace": "media"}]})
}
