"""Which operators the fleet has, so that no object is printed that nothing reads."""

from generator.fleet.model import Fleet

# API group -> names of services or upstream charts that read it. A group that is not listed
# (Kubernetes' own) is always there.
_READERS: dict[str, tuple[str, ...]] = {
    "monitoring.coreos.com": ("kube-prometheus-stack", "victoria-metrics-k8s-stack", "prometheus-operator"),
    "external-secrets.io": ("external-secrets",),
    "gateway.networking.k8s.io": ("gateway-api-crds",),
    "cert-manager.io": ("cert-manager",),
    "metallb.io": ("metallb",),
    "cilium.io": ("cilium",),
    "velero.io": ("velero",),
    "volsync.backube": ("volsync",),
    "postgresql.cnpg.io": ("cloudnative-pg",),
    "barmancloud.cnpg.io": ("plugin-barman-cloud",),
}

GROUPS: dict[str, str] = {
    "ServiceMonitor": "monitoring.coreos.com",
    "PodMonitor": "monitoring.coreos.com",
    "Probe": "monitoring.coreos.com",
    "PrometheusRule": "monitoring.coreos.com",
    "ExternalSecret": "external-secrets.io",
    "ClusterSecretStore": "external-secrets.io",
    "HTTPRoute": "gateway.networking.k8s.io",
    "Gateway": "gateway.networking.k8s.io",
    "BackendTLSPolicy": "gateway.networking.k8s.io",
    "Certificate": "cert-manager.io",
    "ClusterIssuer": "cert-manager.io",
    "IPAddressPool": "metallb.io",
    "L2Advertisement": "metallb.io",
    "BGPAdvertisement": "metallb.io",
    "BGPPeer": "metallb.io",
    "CiliumNetworkPolicy": "cilium.io",
    "CiliumLoadBalancerIPPool": "cilium.io",
    "CiliumL2AnnouncementPolicy": "cilium.io",
    "CiliumBGPClusterConfig": "cilium.io",
    "CiliumBGPPeerConfig": "cilium.io",
    "CiliumBGPAdvertisement": "cilium.io",
    "BackupStorageLocation": "velero.io",
    "Schedule": "velero.io",
    "ReplicationSource": "volsync.backube",
    "Cluster": "postgresql.cnpg.io",
    "ScheduledBackup": "postgresql.cnpg.io",
    "Database": "postgresql.cnpg.io",
    "ObjectStore": "barmancloud.cnpg.io",
}


def operators_of(fleet: Fleet) -> frozenset[str]:
    """The API groups that some service of the fleet reads."""
    names = set(fleet.services)
    names.update(service.chart.name for service in fleet.services.values() if service.chart and service.chart.name)
    return frozenset(group for group, readers in _READERS.items() if not names.isdisjoint(readers))


def readable(kind: str, operators: frozenset[str]) -> bool:
    """Say whether an object of `kind` would be read by someone."""
    group = GROUPS.get(kind)
    return group is None or group in operators
