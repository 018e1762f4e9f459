"""Which declared kinds stand outside of namespaces."""

from generator.argocd.rendered import GroupKind

# `chart.kinds` says group and kind, ArgoCD wants to know the scope as well. A custom kind that is
# missing here counts as namespaced; the sync then refuses it by name, and nothing was allowed too much.
_CLUSTER_SCOPED: dict[str, frozenset[str]] = {
    "": frozenset({"Namespace", "Node", "PersistentVolume"}),
    "admissionregistration.k8s.io": frozenset(
        {
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        }
    ),
    "apiextensions.k8s.io": frozenset({"CustomResourceDefinition"}),
    "apiregistration.k8s.io": frozenset({"APIService"}),
    "cert-manager.io": frozenset({"ClusterIssuer"}),
    "cilium.io": frozenset(
        {
            "CiliumBGPAdvertisement",
            "CiliumBGPClusterConfig",
            "CiliumBGPPeerConfig",
            "CiliumClusterwideNetworkPolicy",
            "CiliumL2AnnouncementPolicy",
            "CiliumLoadBalancerIPPool",
        }
    ),
    "external-secrets.io": frozenset({"ClusterExternalSecret", "ClusterSecretStore"}),
    "flowcontrol.apiserver.k8s.io": frozenset({"FlowSchema", "PriorityLevelConfiguration"}),
    "gateway.networking.k8s.io": frozenset({"GatewayClass"}),
    "networking.k8s.io": frozenset({"IngressClass"}),
    "node.k8s.io": frozenset({"RuntimeClass"}),
    "postgresql.cnpg.io": frozenset({"ClusterImageCatalog"}),
    "rbac.authorization.k8s.io": frozenset({"ClusterRole", "ClusterRoleBinding"}),
    "resource.k8s.io": frozenset({"DeviceClass"}),
    "scheduling.k8s.io": frozenset({"PriorityClass"}),
    "snapshot.storage.k8s.io": frozenset({"VolumeSnapshotClass", "VolumeSnapshotContent"}),
    "storage.k8s.io": frozenset({"CSIDriver", "StorageClass", "VolumeAttributesClass"}),
}


def is_cluster_scoped(kind: GroupKind) -> bool:
    return kind.kind in _CLUSTER_SCOPED.get(kind.group, ())


def declared_kind(text: str) -> GroupKind:
    """Read `group/Kind`, or `Kind` of Kubernetes' first API."""
    group, _, kind = text.rpartition("/")
    return GroupKind(group, kind)
