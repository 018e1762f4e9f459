"""Names of the images that a Kubernetes version stands for.

Source: facts/provisioning-more.md §3.3 (siderolabs/talos v1.14.0-rc.1, config/generate/stdpatches).
"""


def kubelet(version: str) -> str:
    """Return the kubelet's image; Talos builds its own."""
    return f"ghcr.io/siderolabs/kubelet:v{version}"


def component(name: str, version: str) -> str:
    """Return the image of a part of the control plane, or of kube-proxy."""
    return f"registry.k8s.io/{name}:v{version}"
