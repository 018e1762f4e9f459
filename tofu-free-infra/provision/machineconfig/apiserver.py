"""What both contracts say about the API server: names in its certificate, admission, audit."""

from ipaddress import ip_address

from provision.machineconfig.model import Cluster, Document


def api_names(cluster: Cluster) -> list[str]:
    """List the names and addresses under which the API server is reached, without repeats."""
    addresses = [*cluster.control_planes.values()]
    return list(dict.fromkeys([cluster.endpoint_address, *addresses, "127.0.0.1", *cluster.cert_sans]))


def talos_names(cluster: Cluster) -> list[str]:
    """List extra names for the Talos API: Talos adds host name and addresses of the node by itself.

    The VIP is not one of them: it is down while etcd is, which is when Talos is needed most.
    """
    return list(dict.fromkeys(["127.0.0.1", *(name for name in cluster.cert_sans if not _is_vip(cluster, name))]))


def pod_security() -> Document:
    """Return the admission configuration that Talos itself generates: baseline enforced, kube-system exempt."""
    return {
        "apiVersion": "pod-security.admission.config.k8s.io/v1alpha1",
        "kind": "PodSecurityConfiguration",
        "defaults": {
            "enforce": "baseline",
            "enforce-version": "latest",
            "audit": "restricted",
            "audit-version": "latest",
            "warn": "restricted",
            "warn-version": "latest",
        },
        "exemptions": {"namespaces": ["kube-system"], "runtimeClasses": [], "usernames": []},
    }


def _is_vip(cluster: Cluster, name: str) -> bool:
    try:
        return cluster.vip is not None and ip_address(name) == ip_address(cluster.vip)
    except ValueError:
        return False
