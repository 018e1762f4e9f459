# METADATA
# title: Replicas apart
# description: |
#   Two replicas on one node are one replica when that node goes.
# custom:
#   severity: error
#   reference: kube-score pod-anti-affinity, polaris topologySpreadConstraint
#   values: replicas
#   manifest_fix: write `topologySpreadConstraints`, or `affinity.podAntiAffinity`
#   fix: 'leave `affinity` away: with `replicas` above 1 the spread comes by itself'
package pods.spread

deny contains finding if {
	some pod in input.pods
	pod.kind in {"Deployment", "StatefulSet"}
	pod.replicas > 1
	not pod.spec.topologySpreadConstraints
	not pod.spec.affinity.podAntiAffinity
	finding := {
		"msg": sprintf("its %d replicas may all run on one node", [pod.replicas]),
		"object": pod.id,
	}
}
