package pods.app_armor_test

import data.lib.fixture
import data.pods.app_armor

test_denies_unconfined if {
	found := fixture.messages(app_armor.deny) with input as fixture.of_pod({"spec": {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}})

	found == {`the pod has the AppArmor profile Unconfined`}
}

test_denies_annotation if {
	found := fixture.messages(app_armor.deny) with input as fixture.of_pod({"annotations": {"container.apparmor.security.beta.kubernetes.io/app": "unconfined", "container.apparmor.security.beta.kubernetes.io/b": "localhost/x"}})

	found == {`container 'app' has the AppArmor profile unconfined`}
}

test_allows_localhost_and_missing if {
	found := fixture.messages(app_armor.deny) with input as fixture.of_container({"securityContext": {"appArmorProfile": {"type": "Localhost"}}})

	found == set()
}

test_allows_what_is_granted if {
	found := fixture.messages(app_armor.deny) with input as fixture.of_granted({"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}, ["appArmorProfile"])

	found == set()
}
