package pods.selinux_test

import data.lib.fixture
import data.pods.selinux

test_denies_type if {
	found := fixture.messages(selinux.deny) with input as fixture.of_pod({"spec": {"securityContext": {"seLinuxOptions": {"type": "spc_t"}}}})

	found == {`the pod has the SELinux type spc_t`}
}

test_denies_user if {
	found := fixture.messages(selinux.deny) with input as fixture.of_container({"securityContext": {"seLinuxOptions": {"user": "system_u"}}})

	found == {`container 'app' has the SELinux user system_u`}
}

test_allows_type_since_its_version if {
	found := fixture.messages(selinux.deny) with input as fixture.of_container({"securityContext": {"seLinuxOptions": {"type": "container_engine_t", "level": "s0"}}})

	found == set()
}

test_denies_type_before_its_version if {
	found := fixture.messages(selinux.deny) with input as fixture.of_pod({"minors": [30], "containers": [fixture.main_container({"securityContext": {"seLinuxOptions": {"type": "container_engine_t"}}})]})

	found == {`container 'app' has the SELinux type container_engine_t`}
}

test_allows_missing if {
	fixture.messages(selinux.deny) == set() with input as fixture.of_container({})
}
