package capacity.devices_test

import data.capacity.devices
import data.lib.fixture

test_denies_absent if {
	found := fixture.messages(devices.deny) with input as _document({})

	found == {`container 'app' asks for 1 of squat.ai/tun, no node offers that many`}
}

test_denies_too_many if {
	found := fixture.messages(devices.deny) with input as _document({"squat.ai/tun": 0})

	found == {`container 'app' asks for 1 of squat.ai/tun, no node offers that many`}
}

test_allows_offered if {
	fixture.messages(devices.deny) == set() with input as _document({"squat.ai/tun": 8})
}

_document(resources) := object.union(
	fixture.of_container({"resources": {"limits": {"memory": "1Gi", "squat.ai/tun": 1}}}),
	{"environments": {"prod": {"nodes": [{"resources": resources}]}}},
)
