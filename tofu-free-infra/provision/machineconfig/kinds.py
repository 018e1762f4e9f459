"""The document kinds that a contract knows and the fields that we know of them: closed, as Talos' own decoder is.

Source: facts/provisioning.md §3.2 and §3.3, facts/provisioning-more.md §1.1 and §4
(siderolabs/talos v1.13.9 and v1.14.0-rc.1, pkg/machinery/config/types).
"""

from collections.abc import Mapping

from provision.machineconfig.model import Contract

_BOTH: Mapping[str, frozenset[str]] = {
    kind: frozenset(fields.split())
    for kind, fields in {
        "HostnameConfig": "hostname auto",
        "LinkConfig": "name up mtu addresses routes multicast",
        "LinkAliasConfig": "name selector",
        "VLANConfig": "name vlanID vlanMode parent up mtu addresses routes multicast",
        "DHCPv4Config": "name routeMetric ignoreHostname clientIdentifier duidRaw",
        "Layer2VIPConfig": "name link",
        "ResolverConfig": "nameservers searchDomains hostDNS",
        "TimeSyncConfig": "enabled ntp",
        "StaticHostConfig": "name hostnames",
        "VolumeConfig": "name provisioning filesystem encryption mount",
        "UserVolumeConfig": "name volumeType provisioning filesystem encryption mount",
        "RegistryMirrorConfig": "name endpoints skipFallback",
        "NetworkDefaultActionConfig": "ingress",
        "NetworkRuleConfig": "name portSelector ingress",
    }.items()
}

_ONLY_1_14: Mapping[str, frozenset[str]] = {
    kind: frozenset(fields.split())
    for kind, fields in {
        "DiscoveryServiceConfig": "name endpoint",
        "DiscoveryIdentityConfig": "clusterID clusterSecret",
        "UnattendedInstallConfig": "installer provisioning reboot",
        "FilesystemTrimConfig": "interval",
        "SecurityProfileConfig": "workloadIsolation",
        "SysctlConfig": "params",
        "KernelModuleConfig": "name parameters",
        "KubeClusterConfig": "clusterName endpoint",
        "KubeNodeConfig": "nodeIP labels annotations taints registerWithFQDN",
        "KubeletConfig": "image config extraArgs clusterDNS defaultRuntimeSeccompProfileEnabled",
        "KubeNetworkConfig": "dnsDomain podSubnets serviceSubnets nodeCIDRMaskSizeIPv4",
        "KubeAPIServerCAConfig": "issuingCA acceptedCAs",
        "KubePrismConfig": "port tlsServerName",
        "KubeAggregatorCAConfig": "issuingCA acceptedCAs",
        "KubeAdmissionControlConfig": "name configuration",
        "KubeAuditPolicyConfig": "configuration",
        "KubeAuthenticationConfig": "configuration",
        "KubeAuthorizerConfig": "name type webhook",
        "KubeEtcdEncryptionConfig": "config",
        "KubeServiceAccountConfig": "issuer acceptedKeys",
        "KubeAPIServerConfig": "image certExtraSANs extraArgs apiPort startupProbes resources",
        "KubeControllerManagerConfig": "image extraArgs resources",
        "KubeSchedulerConfig": "image config extraArgs resources",
        "KubeProxyConfig": "enabled image mode config extraArgs resources",
        "KubeFlannelCNIConfig": "extraArgs",
        "KubeCoreDNSConfig": "enabled image",
        "KubeInlineManifestConfig": "name manifest",
        "KubeTalosAPIAccessConfig": "allowedRoles allowedKubernetesNamespaces",
    }.items()
}

KINDS: Mapping[Contract, Mapping[str, frozenset[str]]] = {
    Contract.V1_13: _BOTH,
    Contract.V1_14: {**_BOTH, **_ONLY_1_14},
}

# Documents that hold what only a control plane may know or do.
CONTROL_PLANE_KINDS = frozenset(
    {
        "Layer2VIPConfig",
        "KubeAggregatorCAConfig",
        "KubeAdmissionControlConfig",
        "KubeAuditPolicyConfig",
        "KubeAuthenticationConfig",
        "KubeAuthorizerConfig",
        "KubeEtcdEncryptionConfig",
        "KubeServiceAccountConfig",
        "KubeAPIServerConfig",
        "KubeControllerManagerConfig",
        "KubeSchedulerConfig",
        "KubeProxyConfig",
        "KubeFlannelCNIConfig",
        "KubeCoreDNSConfig",
        "KubeInlineManifestConfig",
        "KubeTalosAPIAccessConfig",
    }
)

# One setting, two homes: whoever fills both is refused (or, worse, one of them silently loses).
REPLACED_BY: Mapping[str, str] = {
    "machine.install": "UnattendedInstallConfig",
    "machine.kubelet": "KubeletConfig",
    "machine.nodeLabels": "KubeNodeConfig",
    "machine.nodeTaints": "KubeNodeConfig",
    "machine.features.kubePrism": "KubePrismConfig",
    "machine.sysctls": "SysctlConfig",
    "machine.network": "LinkConfig",
    "cluster.id": "DiscoveryIdentityConfig",
    "cluster.secret": "DiscoveryIdentityConfig",
    "cluster.discovery": "DiscoveryServiceConfig",
    "cluster.controlPlane": "KubeClusterConfig",
    "cluster.clusterName": "KubeClusterConfig",
    "cluster.network": "KubeNetworkConfig",
    "cluster.ca": "KubeAPIServerCAConfig",
    "cluster.aggregatorCA": "KubeAggregatorCAConfig",
    "cluster.serviceAccount": "KubeServiceAccountConfig",
    "cluster.secretboxEncryptionSecret": "KubeEtcdEncryptionConfig",
    "cluster.apiServer": "KubeAPIServerConfig",
    "cluster.controllerManager": "KubeControllerManagerConfig",
    "cluster.scheduler": "KubeSchedulerConfig",
    "cluster.proxy": "KubeProxyConfig",
}
