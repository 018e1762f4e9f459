"""The Kubernetes documents of contract 1.14. PEMs stand in them as plain text."""

from provision.machineconfig import image
from provision.machineconfig.apiserver import api_names, pod_security
from provision.machineconfig.kubelet import kubelet_config, labels, node_ip, taints
from provision.machineconfig.legacy import KUBE_PRISM_PORT
from provision.machineconfig.model import Cluster, Document, Node
from provision.secrets.bundle import SecretsBundle
from provision.secrets.pki import KeyPair


def kubernetes_documents(cluster: Cluster, node: Node, secrets: SecretsBundle) -> list[Document]:
    """List the Kubernetes documents of a node; a worker gets only what every node needs."""
    documents = [
        _document("KubeClusterConfig", clusterName=cluster.name, endpoint=cluster.endpoint),
        _node(cluster, node),
        _kubelet(cluster, node),
        _document(
            "KubeNetworkConfig",
            dnsDomain=cluster.dns_domain,
            podSubnets=list(cluster.pod_subnets),
            serviceSubnets=list(cluster.service_subnets),
        ),
        _kubernetes_authority(node, secrets),
        _document("KubePrismConfig", port=KUBE_PRISM_PORT),
    ]
    if node.is_control_plane:
        documents += _access(cluster, secrets) + _components(cluster)
    return documents


def discovery_documents(secrets: SecretsBundle) -> list[Document]:
    """List the documents by which members find each other."""
    return [
        _document("DiscoveryServiceConfig", name="default", endpoint="https://discovery.talos.dev/"),
        _document("DiscoveryIdentityConfig", clusterID=secrets.cluster_id, clusterSecret=secrets.cluster_secret),
    ]


def security_documents(cluster: Cluster) -> list[Document]:
    """List the security profile; workload isolation is the contract's default and can be switched off."""
    wanted = True if cluster.workload_isolation is None else cluster.workload_isolation
    return [_document("SecurityProfileConfig", workloadIsolation=wanted)]


def _node(cluster: Cluster, node: Node) -> Document:
    document = _document("KubeNodeConfig", nodeIP=node_ip(node))
    if node_labels := labels(node, with_role=True):
        document["labels"] = node_labels
    if node_taints := taints(cluster, node):
        document["taints"] = node_taints
    return document


def _kubelet(cluster: Cluster, node: Node) -> Document:
    document = _document("KubeletConfig", image=image.kubelet(cluster.kubernetes_version))
    if config := kubelet_config(node):
        document["config"] = config
    return document | {"defaultRuntimeSeccompProfileEnabled": True}


def _kubernetes_authority(node: Node, secrets: SecretsBundle) -> Document:
    if node.is_control_plane:
        return _document("KubeAPIServerCAConfig", issuingCA=_pair(secrets.kubernetes))
    return _document("KubeAPIServerCAConfig", acceptedCAs=[secrets.kubernetes.certificate.decode()])


def _access(cluster: Cluster, secrets: SecretsBundle) -> list[Document]:
    health = [{"path": f"/{name}"} for name in ("livez", "readyz", "healthz")]
    return [
        _document("KubeAggregatorCAConfig", issuingCA=_pair(secrets.aggregator)),
        _document("KubeAdmissionControlConfig", name="PodSecurity", configuration=pod_security()),
        _document("KubeAuditPolicyConfig", configuration=dict(cluster.audit_policy)),
        _document(
            "KubeAuthenticationConfig", configuration={"anonymous": {"enabled": True, "conditions": health}, "jwt": []}
        ),
        _document("KubeAuthorizerConfig", name="node", type="Node"),
        _document("KubeAuthorizerConfig", name="rbac", type="RBAC"),
        _document("KubeEtcdEncryptionConfig", config=_etcd_encryption(secrets)),
        _document(
            "KubeServiceAccountConfig",
            issuer={"privateKey": secrets.service_account_key.decode(), "issuerURL": cluster.endpoint},
        ),
    ]


def _components(cluster: Cluster) -> list[Document]:
    version = cluster.kubernetes_version
    return [
        _document(
            "KubeAPIServerConfig",
            image=image.component("kube-apiserver", version),
            certExtraSANs=api_names(cluster),
        ),
        _document("KubeControllerManagerConfig", image=image.component("kube-controller-manager", version)),
        _document("KubeSchedulerConfig", image=image.component("kube-scheduler", version)),
        # left out, the legacy default would switch kube-proxy on again; left out, Flannel stays off
        _document("KubeProxyConfig", enabled=False, image=image.component("kube-proxy", version)),
        _document("KubeCoreDNSConfig", enabled=True),
    ]


def _etcd_encryption(secrets: SecretsBundle) -> Document:
    key = {"name": "key2", "secret": secrets.secretbox_key}  # contract 1.13 writes the same name by itself
    providers = [{"secretbox": {"keys": [key]}}, {"identity": {}}]
    return {"resources": [{"resources": ["secrets"], "providers": providers}]}


def _pair(pair: KeyPair) -> Document:
    return {"cert": pair.certificate.decode(), "key": pair.key.decode()}


def _document(kind: str, **fields: object) -> Document:
    return {"apiVersion": "v1alpha1", "kind": kind, **fields}
