package pods.sysctls_test

import data.lib.fixture
import data.pods.sysctls

test_denies_unsafe if {
	found := fixture.messages(sysctls.deny) with input as fixture.of_pod({"spec": {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}})

	found == {`the pod sets kernel.msgmax of the kernel`}
}

test_denies_before_its_version if {
	found := fixture.messages(sysctls.deny) with input as fixture.of_pod({"spec": {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]}}})

	found == {`the pod sets net.ipv4.tcp_notsent_lowat of the kernel`}
}

test_allows_safe if {
	found := fixture.messages(sysctls.deny) with input as fixture.of_pod({"spec": {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}}})

	found == set()
}

test_allows_what_is_granted if {
	found := fixture.messages(sysctls.deny) with input as fixture.of_pod({"spec": {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}, "granted": {"*": ["sysctls"]}})

	found == set()
}
