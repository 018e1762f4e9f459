package pods.volume_types_test

import data.lib.fixture
import data.pods.volume_types

test_denies_nfs if {
	found := fixture.messages(volume_types.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "media", "nfs": {"server": "nas", "path": "/"}}]}})

	found == {`volume 'media' is of the kind nfs`}
}

test_allows_claim if {
	found := fixture.messages(volume_types.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "media", "persistentVolumeClaim": {"claimName": "media"}}]}})

	found == set()
}

test_allows_what_is_granted if {
	found := fixture.messages(volume_types.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "logs", "hostPath": {"path": "/"}}]}, "granted": {"*": ["hostPath:logs"]}})

	found == set()
}
