package workloads.selector_test

import data.lib.fixture
import data.workloads.selector

test_denies_other_label if {
	found := fixture.messages(selector.deny) with input as _document({"selector": {"matchLabels": {"app": "radarr"}}})

	found == {`its selector wants the label app: radarr, its pods do not have it`}
}

test_denies_missing if {
	fixture.messages(selector.deny) == {`it has no selector`} with input as _document({})
}

test_allows_match if {
	fixture.messages(selector.deny) == set() with input as _document({"selector": {"matchLabels": {"app": "sonarr"}}})
}

_document(spec) := object.union(fixture.of_pod({}), {"objects": {"prod:Deployment/media/sonarr": {"spec": spec}}})
