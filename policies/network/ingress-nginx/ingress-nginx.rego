# METADATA
# title: An ingress controller that is retired
# description: |
#   ingress-nginx has had no releases since March 2026, and gets no more: the next hole in what faces the
#   internet stays open.
# custom:
#   severity: warning
#   reference: Kubescape, end of life of nginx; Kubernetes retired it in March 2026
#   values: expose
#   manifest: spec.ingressClassName, spec.controller, spec.source.chart, image
#   fix: route by a gateway (`routing` under `backends` of the site), or by another controller's class
#   manifest_fix: use an HTTPRoute of a gateway, or another controller's IngressClass
package network.ingress_nginx

_controller := "k8s.io/ingress-nginx"

deny contains finding if {
	some id in object.get(input.by_kind, "IngressClass", [])
	input.objects[id].spec.controller == _controller
	finding := {"msg": "its controller is ingress-nginx, which is retired", "object": id}
}

deny contains finding if {
	some id in object.get(input.by_kind, "Ingress", [])
	ingress := input.objects[id]
	class := object.get(ingress.spec, "ingressClassName", object.get(ingress.annotations, _by_annotation, ""))
	some environment in ingress.environments
	_is_retired(class, input.environments[environment].index)
	finding := {
		"msg": sprintf("its class '%s' is served by ingress-nginx, which is retired", [class]),
		"object": id,
		"environment": environment,
	}
}

deny contains finding if {
	some id in object.get(input.by_kind, "Application", [])
	input.objects[id].spec.source.chart == "ingress-nginx"
	finding := {"msg": "its chart is ingress-nginx, which is retired", "object": id}
}

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	regex.match(`(^|/)ingress-nginx/`, container.image)
	finding := {
		"msg": sprintf(
			"container '%s' has the image %s of ingress-nginx, which is retired",
			[container.name, container.image],
		),
		"object": pod.id,
		"container": container.name,
	}
}

_by_annotation := "kubernetes.io/ingress.class"

# A class that is rendered says whose it is; of others the usual name does.
_is_retired(class, index) if input.objects[index[sprintf("IngressClass/-/%s", [class])]].spec.controller == _controller

_is_retired("nginx", index) if not index["IngressClass/-/nginx"]
