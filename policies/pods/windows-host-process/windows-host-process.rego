# METADATA
# title: Windows host processes
# description: |
#   A HostProcess container runs on a Windows node as the node itself.
# custom:
#   severity: error
#   reference: 'Kubernetes Pod Security Standards, baseline: HostProcess'
#   values: securityContext
#   manifest: securityContext.windowsOptions.hostProcess
#   fix: take `hostProcess` away
package pods.windows_host_process

import data.lib.pods

deny contains finding if {
	some pod in input.pods
	some context in pods.contexts(pod)
	context.context.windowsOptions.hostProcess == true
	finding := {"msg": sprintf("%s is a process of its Windows node", [context.who]), "object": pod.id}
}
