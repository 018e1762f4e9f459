package pods.volume_types_test

import data.lib.fixture
import data.pods.volume_types

test_denies_nfs if {
	fixture.messages(volume_types.deny) == {`volume 'media' is of the kind nfs`} with input as fixture.of_pod({"spec": {"volumes": [{"name": "media", "nfs": {"server": "nas", "path": "/"}}]}})
}

test_allows_claim if {
	fixture.messages(volume_types.deny) == set() with input as fixture.of_pod({"spec": {"volumes": [{"name": "media", "persistentVolumeClaim": {"claimName": "media"}}]}})
}

test_allows_what_is_granted if {
	fixture.messages(volume_types.deny) == set() with input as fixture.of_pod({"spec": {"volumes": [{"name": "logs", "hostPath": {"path": "/"}}]}, "granted": {"*": ["hostPath:logs"]}})
}
