package network.claims_test

import data.lib.fixture
import data.network.claims

test_denies_second_holder if {
	found := fixture.messages(claims.deny) with input as {"claims": [{"kind": "address", "key": "10.0.0.1", "holders": [{"name": "nas", "environments": ["prod"], "place": "values/site.yaml:1:1", "object": null}, {"name": "vm", "environments": ["prod"], "place": "values/site.yaml:2:1", "object": null}]}]}

	found == {`address 10.0.0.1 is held by nas already`}
}

test_denies_rendered_holder if {
	found := fixture.messages(claims.deny) with input as {"claims": [{"kind": "node-port", "key": "30080/TCP", "holders": [{"name": "Service/a/b", "environments": ["prod"], "place": null, "object": "x"}, {"name": "Service/a/c", "environments": ["prod"], "place": null, "object": "y"}]}]}

	found == {`node-port 30080/TCP is held by Service/a/b already`}
}

test_allows_one_holder if {
	found := fixture.messages(claims.deny) with input as {"claims": [{"kind": "address", "key": "10.0.0.1", "holders": [{"name": "nas"}]}]}

	found == set()
}
