package argocd.order_test

import data.argocd.order
import data.lib.fixture

test_denies_later_dependency if {
	found := fixture.messages(order.deny) with input as _document(3)

	found == {`'sonarr' depends on 'postgres', whose Application comes in wave 3, after wave 1`}
}

test_allows_same_wave if {
	fixture.messages(order.deny) == set() with input as _document(1)
}

_document(wave) := fixture.of_facts({"waves": [{
	"service": "sonarr",
	"needs": "postgres",
	"later": "a",
	"later_wave": 1,
	"earlier": "b",
	"earlier_wave": wave,
}]})
