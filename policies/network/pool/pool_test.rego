package network.pool_test

import data.lib.fixture
import data.network.pool

test_denies_outside if {
	found := fixture.messages(pool.deny) with input as _document(99, 100, 110, 1)

	found == {`its address 10.0.0.99 is in no pool (100-110)`}
}

test_allows_inside if {
	fixture.messages(pool.deny) == set() with input as _document(100, 100, 110, 1)
}

test_denies_pool_with_router_and_edges if {
	found := fixture.messages(pool.deny) with input as _document(100, 100, 200, 150)

	found == {
		`the pool 'lan' (100-110) holds the broadcast address`,
		`the pool 'lan' (100-110) holds the router`,
	}
}

test_denies_pool_outside_its_network if {
	found := fixture.messages(pool.deny) with input as _document(100, 0, 201, 1)

	found == {`the pool 'lan' (100-110) holds the router`, `the pool 'lan' (100-110) leaves its network`}
}

test_denies_first_address if {
	found := fixture.messages(pool.deny) with input as _document(100, 1, 110, 199)

	found == {`the pool 'lan' (100-110) holds the network's own address`}
}

_document(value, first, last, router) := object.union(
	fixture.of_object("Service", {"addresses": [{"shown": sprintf("10.0.0.%d", [value]), "value": value}]}, {}),
	{"environments": {"prod": {"pools": [{
		"name": "lan",
		"first": first,
		"last": last,
		"shown": "100-110",
		"subnet": {"first": 1, "last": 200},
		"router": router,
		"place": "values/site.yaml:1:1",
	}]}}},
)
