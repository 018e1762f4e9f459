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

test_leaves_paths_of_the_node_to_their_rule if {
	found := fixture.messages(volume_types.deny) with input as fixture.of_pod({"spec": {"volumes": [{"name": "logs", "hostPath": {"path": "/"}}]}})

	found == set()
}
