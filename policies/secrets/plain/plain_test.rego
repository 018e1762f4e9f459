package secrets.plain_test

import data.lib.fixture
import data.secrets.plain

test_denies_data if {
	fixture.messages(plain.deny) == {`it holds PASSWORD in plain sight`} with input as fixture.of_object("Secret", {"keys": ["PASSWORD"]}, {})
}

test_allows_empty if {
	fixture.messages(plain.deny) == set() with input as fixture.of_object("Secret", {"keys": []}, {})
}
