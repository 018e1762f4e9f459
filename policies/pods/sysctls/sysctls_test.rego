package pods.sysctls_test

import data.lib.fixture
import data.pods.sysctls

test_denies_unsafe if {
	fixture.messages(sysctls.deny) == {`the pod sets kernel.msgmax of the kernel`} with input as fixture.of_pod({"spec": {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}})
}

test_denies_before_its_version if {
	fixture.messages(sysctls.deny) == {`the pod sets net.ipv4.tcp_notsent_lowat of the kernel`} with input as fixture.of_pod({"spec": {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_notsent_lowat", "value": "1"}]}}})
}

test_allows_safe if {
	fixture.messages(sysctls.deny) == set() with input as fixture.of_pod({"spec": {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}}})
}

test_allows_what_is_granted if {
	fixture.messages(sysctls.deny) == set() with input as fixture.of_pod({"spec": {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}, "granted": {"*": ["sysctls"]}})
}
