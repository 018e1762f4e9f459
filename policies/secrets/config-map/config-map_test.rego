package secrets.config_map_test

import data.lib.fixture
import data.secrets.config_map

test_denies_suspect if {
	found := fixture.messages(config_map.deny) with input as fixture.of_object("ConfigMap", {"suspects": ["app.conf"]}, {})

	found == {`something that looks like a secret stands under app.conf`}
}

test_allows_none if {
	fixture.messages(config_map.deny) == set() with input as fixture.of_object("ConfigMap", {"suspects": []}, {})
}
