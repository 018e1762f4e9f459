package pods.app_armor_test

import data.lib.fixture
import data.pods.app_armor

test_denies_unconfined if {
	fixture.messages(app_armor.deny) == {`the pod has the AppArmor profile Unconfined`} with input as fixture.of_pod({"spec": {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}})
}

test_denies_annotation if {
	fixture.messages(app_armor.deny) == {`container 'app' has the AppArmor profile unconfined`} with input as fixture.of_pod({"annotations": {"container.apparmor.security.beta.kubernetes.io/app": "unconfined", "container.apparmor.security.beta.kubernetes.io/b": "localhost/x"}})
}

test_allows_localhost_and_missing if {
	fixture.messages(app_armor.deny) == set() with input as fixture.of_container({"securityContext": {"appArmorProfile": {"type": "Localhost"}}})
}

test_allows_what_is_granted if {
	fixture.messages(app_armor.deny) == set() with input as fixture.of_granted({"securityContext": {"appArmorProfile": {"type": "Unconfined"}}}, ["appArmorProfile"])
}
