package network.ingress_nginx_test

import data.lib.fixture
import data.network.ingress_nginx

test_denies_class if {
	found := fixture.messages(ingress_nginx.deny) with input as fixture.of_object("IngressClass", {"spec": {"controller": "k8s.io/ingress-nginx"}}, {})

	found == {`its controller is ingress-nginx, which is retired`}
}

test_denies_ingress_of_the_usual_name if {
	fixture.messages(ingress_nginx.deny) == {
		`its class 'nginx' is served by ingress-nginx, which is retired`,
	} with input as _ingress({"spec": {"ingressClassName": "nginx"}}, "")
}

test_denies_ingress_by_annotation if {
	fixture.messages(ingress_nginx.deny) == {
		`its class 'nginx' is served by ingress-nginx, which is retired`,
	} with input as _ingress({"spec": {}, "annotations": {"kubernetes.io/ingress.class": "nginx"}}, "")
}

test_denies_ingress_of_a_rendered_class if {
	fixture.messages(ingress_nginx.deny) == {
		`its class 'nginx' is served by ingress-nginx, which is retired`,
		`its controller is ingress-nginx, which is retired`,
	} with input as _ingress({"spec": {"ingressClassName": "nginx"}}, "k8s.io/ingress-nginx")
}

test_allows_another_controller_of_that_name if {
	fixture.messages(ingress_nginx.deny) == set() with input as _ingress({"spec": {"ingressClassName": "nginx"}}, "nginx.org/ingress-controller")
}

test_allows_traefik if {
	fixture.messages(ingress_nginx.deny) == set() with input as _ingress({"spec": {"ingressClassName": "traefik"}}, "")
}

test_denies_application if {
	found := fixture.messages(ingress_nginx.deny) with input as fixture.of_object("Application", {"spec": {"source": {"chart": "ingress-nginx"}}}, {})

	found == {`its chart is ingress-nginx, which is retired`}
}

test_denies_image if {
	found := fixture.messages(ingress_nginx.deny) with input as fixture.of_container({"image": "registry.k8s.io/ingress-nginx/controller:v1.13.0"})

	found == {`container 'app' has the image registry.k8s.io/ingress-nginx/controller:v1.13.0 of ingress-nginx, which is retired`}
}

_ingress(fields, controller) := {
	"objects": {
		"i": object.union({"environments": ["prod"], "annotations": {}}, fields),
		"c": {"spec": {"controller": controller}},
	},
	"by_kind": {"Ingress": ["i"], "IngressClass": ["c"]},
	"environments": {"prod": {"index": _index(controller)}},
}

_index("") := {}

_index(controller) := {"IngressClass/-/nginx": "c"} if controller != ""
