# METADATA
# title: Kernel settings
# description: |
#   Most kernel settings belong to the whole node: a pod that changes them changes its neighbours.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: Sysctls'
#   values: exceptions
#   manifest: securityContext.sysctls
#   manifest_fix: take the setting away, or make it on the node
#   fix: take the setting away, make it on the node (Talos machine config), or state it under `exceptions`
package pods.sysctls

import data.lib.pods

_safe := {
	"kernel.shm_rmid_forced": 0,
	"net.ipv4.ip_local_port_range": 0,
	"net.ipv4.tcp_syncookies": 0,
	"net.ipv4.ping_group_range": 0,
	"net.ipv4.ip_unprivileged_port_start": 0,
	"net.ipv4.ip_local_reserved_ports": 27,
	"net.ipv4.tcp_keepalive_time": 29,
	"net.ipv4.tcp_fin_timeout": 29,
	"net.ipv4.tcp_keepalive_intvl": 29,
	"net.ipv4.tcp_keepalive_probes": 29,
	"net.ipv4.tcp_rmem": 32,
	"net.ipv4.tcp_wmem": 32,
	"net.ipv4.tcp_slow_start_after_idle": 37,
	"net.ipv4.tcp_notsent_lowat": 37,
}

deny contains finding if {
	some pod in input.pods
	some minor in pod.minors
	some setting in pod.spec.securityContext.sysctls
	object.get(_safe, setting.name, minor + 1) > minor
	not pods.granted_to_pod(pod, "sysctls")
	finding := {"msg": sprintf("the pod sets %s of the kernel", [setting.name]), "object": pod.id}
}
