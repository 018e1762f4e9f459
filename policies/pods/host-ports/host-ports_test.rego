package pods.host_ports_test

import data.lib.fixture
import data.pods.host_ports

test_denies_host_port if {
	found := fixture.messages(host_ports.deny) with input as fixture.of_container({"ports": [{"containerPort": 53, "hostPort": 53}]})

	found == {`container 'app' takes port 53 of its node`}
}

test_allows_what_is_granted if {
	found := fixture.messages(host_ports.deny) with input as fixture.of_granted({"ports": [{"containerPort": 53, "hostPort": 53}]}, ["hostPort:53"])

	found == set()
}

test_allows_zero_and_missing if {
	found := fixture.messages(host_ports.deny) with input as fixture.of_container({"ports": [{"containerPort": 53, "hostPort": 0}, {"containerPort": 80}]})

	found == set()
}
