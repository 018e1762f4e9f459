"""Machine configurations: the one that a node shall have now, and how it differs from the one that it has.

Versions are not changed here: images and Talos version stay as the node has them, and `upgrade` moves them one by one.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import yaml

from provision.machineconfig import image, model
from provision.machineconfig.emit import emit
from provision.machineconfig.generate import machine_documents
from provision.machineconfig.install import installer_of as installer_image_of
from provision.secrets.bundle import SecretsBundle

from .seen import NodeSeen
from .step import Detail
from .wanted import Wanted

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet")
_OLD: Mapping[str, tuple[str, ...]] = {
    "kubelet": ("machine", "kubelet"),
    "kube-apiserver": ("cluster", "apiServer"),
    "kube-controller-manager": ("cluster", "controllerManager"),
    "kube-scheduler": ("cluster", "scheduler"),
    "kube-proxy": ("cluster", "proxy"),
}
_NEW: Mapping[str, str] = {
    "kubelet": "KubeletConfig",
    "kube-apiserver": "KubeAPIServerConfig",
    "kube-controller-manager": "KubeControllerManagerConfig",
    "kube-scheduler": "KubeSchedulerConfig",
    "kube-proxy": "KubeProxyConfig",
}
_SECRET_WORDS = ("key", "token", "secret", "crt", "cert", "id", "auth", "identity", "keys", "passphrase")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it is there
Documents = Sequence[model.Document]


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[model.Document, ...]:
    """Read a configuration; the documents are shared between callers, and never changed."""
    return tuple(document for document in yaml.load_all(text, Loader=_LOADER) if document is not None)


def images_of(documents: Documents) -> dict[str, str]:
    """Return the image of each component that a configuration names."""
    return {name: holder["image"] for name in COMPONENTS if (holder := _holder(documents, name)) and "image" in holder}


def with_images(documents: Documents, images: Mapping[str, str]) -> Documents:
    """Put images into freshly generated documents; components that they do not have are left out."""
    for name, found in images.items():
        holder = _holder(documents, name)
        if holder is not None and "image" in holder:
            holder["image"] = found
    return documents


def _holder(documents: Documents, name: str) -> dict[str, Any] | None:
    for document in documents:
        if document.get("kind") == _NEW[name]:
            return document
        if "kind" not in document:
            value: Any = document
            for key in _OLD[name]:
                value = value.get(key) if isinstance(value, dict) else None
            if isinstance(value, dict) and "image" in value:
                return value
    return None


def version_of(component_image: str) -> str:
    """Return the version that an image's tag says, without its v."""
    return component_image.rpartition(":")[2].removeprefix("v").partition("-")[0]


def contract_of(documents: Documents) -> str:
    """Return the contract of a configuration that is in use."""
    return "1.14" if any(document.get("kind") == "KubeClusterConfig" for document in documents) else "1.13"


def encryption_of(documents: Documents) -> dict[str, model.EncryptionKey]:
    """Return the encryption of system volumes that a configuration asks for."""
    found = {}
    for document in documents:
        if document.get("kind") == "VolumeConfig" and document.get("encryption"):
            keys = document["encryption"]["keys"][0]
            kind = next((kind for kind in model.EncryptionKey if kind.value in keys), None)
            if kind is not None:
                found[str(document["name"])] = kind
    return found


def installer_of(documents: Documents) -> str | None:
    """Return the installer image that a configuration of contract 1.13 names."""
    main = next((document for document in documents if "kind" not in document), {})
    install = (main.get("machine") or {}).get("install") or {}
    found = install.get("image")
    return str(found) if found else None


def fresh(wanted: Wanted, bundle: SecretsBundle, name: str, kubernetes: str | None = None) -> str:
    """Return the configuration of a node that joins; `kubernetes` is what the cluster runs, if it does."""
    cluster = wanted.cluster
    if kubernetes is not None:
        cluster = replace(cluster, kubernetes_version=kubernetes)
    return emit(machine_documents(cluster, wanted.nodes[name], bundle))


def standing(
    wanted: Wanted,
    bundle: SecretsBundle,
    name: str,
    found: NodeSeen,
    images: Mapping[str, str] | None = None,
    also: Mapping[str, str] | None = None,
) -> Documents:
    """Return the documents of a node that runs: as generated, but with the versions and encryption that it has.

    `images` are components that an upgrade moves; `also` are control planes that are not gone yet. The installer
    image follows the Talos that runs.
    """
    known = read(found.config or "")
    is_current = found.version == wanted.inventory.talos.version
    node = wanted.nodes[name]
    installer = installer_image_of(node, wanted.cluster)
    cluster = replace(
        wanted.cluster,
        control_planes={**wanted.cluster.control_planes, **(also or {})},
        encryption=encryption_of(known),
        installer_image=installer if is_current else installer_of(known) or installer,
    )
    documents = machine_documents(cluster, replace(node, installer_image=None), bundle)
    return with_images(documents, {**images_of(known), **(images or {})})


def text_of(documents: Documents) -> str:
    """Return the text to send."""
    return emit(documents)


def target_images(wanted: Wanted, name: str) -> dict[str, str]:
    """Return the images of the wanted Kubernetes version for a node."""
    version = wanted.inventory.kubernetes
    parts = COMPONENTS[:3] if wanted.nodes[name].is_control_plane else ()
    return {**{part: image.component(part, version) for part in parts}, "kubelet": image.kubelet(version)}


def differences(actual: str, desired: Documents) -> tuple[Detail, ...]:
    """Return how two configurations differ, path by path; secrets are shown as changed, never as what they are."""
    left, right = dict(_leaves(read(actual))), dict(_leaves(desired))
    return tuple(
        Detail(path, _shown(path, left.get(path)), _shown(path, right.get(path)))
        for path in sorted(left.keys() | right.keys())
        if left.get(path) != right.get(path)
    )


def firewall_changes(details: Sequence[Detail]) -> bool:
    """Return whether the ingress firewall is part of a difference: then it is tried first."""
    return any(detail.what.startswith(("NetworkDefaultActionConfig", "NetworkRuleConfig")) for detail in details)


def _leaves(documents: Documents) -> Iterator[tuple[str, str]]:
    for document in documents:
        kind = str(document.get("kind", "v1alpha1"))
        name = f"[{document['name']}]" if "name" in document else ""
        yield from _walk(f"{kind}{name}", {k: v for k, v in document.items() if k not in ("kind", "apiVersion")})


def _walk(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _walk(f"{path}.{key}", inner)
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _walk(f"{path}[{index}]", inner)
    else:
        yield path, str(value)


def _shown(path: str, value: str | None) -> str | None:
    if value is None:
        return None
    last = path.rpartition(".")[2].partition("[")[0].lower()
    is_secret = any(last == word or last.endswith(word) for word in _SECRET_WORDS) or "-----BEGIN" in value
    return f"…{hashlib.sha256(value.encode()).hexdigest()[:6]}" if is_secret else value
