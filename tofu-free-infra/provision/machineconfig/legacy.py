"""The one big document of contract 1.13, and the slim rest of it in contract 1.14."""

import base64

from provision.machineconfig import image
from provision.machineconfig.apiserver import api_names, pod_security, talos_names
from provision.machineconfig.install import install_section
from provision.machineconfig.kubelet import kubelet_config, labels, node_ip
from provision.machineconfig.model import Cluster, Document, Node
from provision.secrets.bundle import SecretsBundle
from provision.secrets.pki import KeyPair

KUBE_PRISM_PORT = 7445


def v1alpha1_of_1_13(cluster: Cluster, node: Node, secrets: SecretsBundle) -> Document:
    """Build the v1alpha1 document that holds nearly everything."""
    machine: Document = {
        **_identity(cluster, node, secrets),
        "kubelet": _kubelet(cluster, node),
        "install": install_section(node, cluster),
        "features": {
            "diskQuotaSupport": True,
            "kubePrism": {"enabled": True, "port": KUBE_PRISM_PORT},
            "hostDNS": {"enabled": True, "forwardKubeDNSToHost": True},
        },
    }
    if node_labels := labels(node, with_role=False):
        machine["nodeLabels"] = node_labels
    if node.taints:
        machine["nodeTaints"] = dict(sorted(node.taints.items()))
    section = _cluster(cluster, secrets)
    section["ca"] = _pair(secrets.kubernetes, with_key=node.is_control_plane)
    section["discovery"] = {"enabled": True, "registries": {"kubernetes": {"disabled": True}, "service": {}}}
    if node.is_control_plane:
        section |= _control_plane(cluster, secrets)
    return {"version": "v1alpha1", "debug": False, "persist": True, "machine": machine, "cluster": section}


def v1alpha1_of_1_14(cluster: Cluster, node: Node, secrets: SecretsBundle) -> Document:
    """Build what contract 1.14 left in the v1alpha1 document."""
    machine = {**_identity(cluster, node, secrets), "features": {"diskQuotaSupport": True}}
    section: Document = {"token": secrets.bootstrap_token}
    if node.is_control_plane:
        section["etcd"] = {"ca": _pair(secrets.etcd, with_key=True)}
    return {"version": "v1alpha1", "debug": False, "persist": True, "machine": machine, "cluster": section}


def _identity(cluster: Cluster, node: Node, secrets: SecretsBundle) -> Document:
    return {
        "type": node.role.value,
        "token": secrets.trustd_token,
        "ca": _pair(secrets.talos, with_key=node.is_control_plane),
        "certSANs": talos_names(cluster),
    }


def _kubelet(cluster: Cluster, node: Node) -> Document:
    section: Document = {
        "image": image.kubelet(cluster.kubernetes_version),
        "defaultRuntimeSeccompProfileEnabled": True,
        "disableManifestsDirectory": True,
        "nodeIP": node_ip(node),
    }
    if config := kubelet_config(node):
        section["extraConfig"] = config
    return section


def _cluster(cluster: Cluster, secrets: SecretsBundle) -> Document:
    return {
        "id": secrets.cluster_id,
        "secret": secrets.cluster_secret,
        "controlPlane": {"endpoint": cluster.endpoint},
        "clusterName": cluster.name,
        "network": {
            "cni": {"name": "none"},
            "dnsDomain": cluster.dns_domain,
            "podSubnets": list(cluster.pod_subnets),
            "serviceSubnets": list(cluster.service_subnets),
        },
        "token": secrets.bootstrap_token,
    }


def _control_plane(cluster: Cluster, secrets: SecretsBundle) -> Document:
    version = cluster.kubernetes_version
    section: Document = {
        "secretboxEncryptionSecret": secrets.secretbox_key,
        "aggregatorCA": _pair(secrets.aggregator, with_key=True),
        "serviceAccount": {"key": _encode(secrets.service_account_key)},
        "apiServer": {
            "image": image.component("kube-apiserver", version),
            "certSANs": api_names(cluster),
            "admissionControl": [{"name": "PodSecurity", "configuration": pod_security()}],
            "auditPolicy": dict(cluster.audit_policy),
        },
        "controllerManager": {"image": image.component("kube-controller-manager", version)},
        "proxy": {"disabled": True, "image": image.component("kube-proxy", version)},
        "scheduler": {"image": image.component("kube-scheduler", version)},
        "etcd": {"ca": _pair(secrets.etcd, with_key=True)},
    }
    if cluster.schedule_on_control_planes:
        section["allowSchedulingOnControlPlanes"] = True
    return section


def _pair(pair: KeyPair, *, with_key: bool) -> Document:
    return {"crt": _encode(pair.certificate), "key": _encode(pair.key) if with_key else ""}


def _encode(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
