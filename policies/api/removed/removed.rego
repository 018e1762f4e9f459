# METADATA
# title: Removed API versions
# description: |
#   An API version that the cluster no longer serves fails the whole sync.
# custom:
#   severity: error
#   manifest: apiVersion
#   reference: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
#   fix: write the version that replaced it
package api.removed

# group/version, kind -> [the minor that no longer serves it, what to write]
_removed := {
	"extensions/v1beta1 Ingress": [22, "networking.k8s.io/v1"],
	"extensions/v1beta1 Deployment": [16, "apps/v1"],
	"extensions/v1beta1 DaemonSet": [16, "apps/v1"],
	"extensions/v1beta1 NetworkPolicy": [16, "networking.k8s.io/v1"],
	"apps/v1beta1 Deployment": [16, "apps/v1"],
	"apps/v1beta2 Deployment": [16, "apps/v1"],
	"apps/v1beta1 StatefulSet": [16, "apps/v1"],
	"apps/v1beta2 StatefulSet": [16, "apps/v1"],
	"apps/v1beta2 DaemonSet": [16, "apps/v1"],
	"networking.k8s.io/v1beta1 Ingress": [22, "networking.k8s.io/v1"],
	"networking.k8s.io/v1beta1 IngressClass": [22, "networking.k8s.io/v1"],
	"rbac.authorization.k8s.io/v1beta1 Role": [22, "rbac.authorization.k8s.io/v1"],
	"rbac.authorization.k8s.io/v1beta1 RoleBinding": [22, "rbac.authorization.k8s.io/v1"],
	"rbac.authorization.k8s.io/v1beta1 ClusterRole": [22, "rbac.authorization.k8s.io/v1"],
	"rbac.authorization.k8s.io/v1beta1 ClusterRoleBinding": [22, "rbac.authorization.k8s.io/v1"],
	"apiextensions.k8s.io/v1beta1 CustomResourceDefinition": [22, "apiextensions.k8s.io/v1"],
	"admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration": [22, "admissionregistration.k8s.io/v1"],
	"admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration": [22, "admissionregistration.k8s.io/v1"],
	"storage.k8s.io/v1beta1 StorageClass": [22, "storage.k8s.io/v1"],
	"scheduling.k8s.io/v1beta1 PriorityClass": [22, "scheduling.k8s.io/v1"],
	"batch/v1beta1 CronJob": [25, "batch/v1"],
	"discovery.k8s.io/v1beta1 EndpointSlice": [25, "discovery.k8s.io/v1"],
	"autoscaling/v2beta1 HorizontalPodAutoscaler": [25, "autoscaling/v2"],
	"autoscaling/v2beta2 HorizontalPodAutoscaler": [26, "autoscaling/v2"],
	"policy/v1beta1 PodDisruptionBudget": [25, "policy/v1"],
	"policy/v1beta1 PodSecurityPolicy": [25, "Pod Security labels on the Namespace"],
	"node.k8s.io/v1beta1 RuntimeClass": [25, "node.k8s.io/v1"],
	"storage.k8s.io/v1beta1 CSIStorageCapacity": [27, "storage.k8s.io/v1"],
	"flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema": [29, "flowcontrol.apiserver.k8s.io/v1"],
	"flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema": [32, "flowcontrol.apiserver.k8s.io/v1"],
	"flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration": [32, "flowcontrol.apiserver.k8s.io/v1"],
}

deny contains finding if {
	some id, found in input.objects
	some environment in found.environments
	[minor, instead] := _removed[sprintf("%s/%s %s", [found.group, found.version, found.kind])]
	input.environments[environment].kubernetes.minor >= minor
	finding := {
		"msg": sprintf("%s/%s is gone since Kubernetes 1.%d", [found.group, found.version, minor]),
		"object": id,
		"environment": environment,
		"fix": sprintf("write %s", [instead]),
	}
}
