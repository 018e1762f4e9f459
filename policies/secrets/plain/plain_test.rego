package secrets.plain_test

import data.lib.fixture
import data.secrets.plain

test_denies_data if {
	found := fixture.messages(plain.deny) with input as fixture.of_object("Secret", {"keys": ["PASSWORD"]}, {})

	found == {`it holds PASSWORD in plain sight`}
}

test_allows_empty if {
	fixture.messages(plain.deny) == set() with input as fixture.of_object("Secret", {"keys": []}, {})
}
