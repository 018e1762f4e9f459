# METADATA
# title: Ports of probes
# description: |
#   A probe of a port that the container does not have never succeeds.
# custom:
#   severity: error
#   reference: kube-linter liveness-port, readiness-port
#   values: probes
#   manifest: livenessProbe, readinessProbe, startupProbe, lifecycle
#   fix: name one of the container's ports
package pods.probe_port

deny contains finding if {
	some pod in input.pods
	some container in pod.containers
	some name in ["livenessProbe", "readinessProbe", "startupProbe"]
	some kind in ["httpGet", "tcpSocket", "grpc"]
	port := container[name][kind].port
	not _has(container, port)
	finding := {
		"msg": sprintf("%s of container '%s' asks port %v, which it does not have", [name, container.name, port]),
		"object": pod.id,
		"container": container.name,
	}
}

_has(container, port) if {
	some declared in container.ports
	port in {declared.containerPort, object.get(declared, "name", "")}
}
