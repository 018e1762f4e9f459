"""Rules about documents: which there may be, with what in them, and what is encrypted."""

from collections.abc import Iterator

from provision.machineconfig.judged import Config, Fault
from provision.machineconfig.kinds import KINDS, REPLACED_BY
from provision.machineconfig.model import Contract, Document

_KEY_KINDS = ("nodeID", "static", "tpm", "kms")


def kinds(config: Config) -> Iterator[Fault]:
    """Every document is of a kind and with fields that the contract knows."""
    known = KINDS[config.contract]
    for document in config.others:
        kind = document["kind"]
        if document.get("apiVersion") != "v1alpha1":
            yield Fault(f"{kind} with apiVersion {document.get('apiVersion')!r}", "set `apiVersion: v1alpha1`")
        if kind not in known:
            yield Fault(f"the kind {kind!r}, unknown to contract {config.contract}", "remove the document")
            continue
        for field in sorted(set(document) - known[kind] - {"apiVersion", "kind"}):
            yield Fault(f"the field {field!r} in {kind}, expected {', '.join(sorted(known[kind]))}", "remove the field")


def repeated(config: Config) -> Iterator[Fault]:
    """A document stands once."""
    seen: set[tuple[str, str]] = set()
    for document in config.others:
        identity = (document["kind"], str(document.get("name", "")))
        if identity in seen:
            yield Fault(f"{' '.join(identity).strip()} twice", "keep one of the documents")
        seen.add(identity)


def mixed_forms(config: Config) -> Iterator[Fault]:
    """A setting stands in its old home or its new one, never in both."""
    for path, kind in REPLACED_BY.items():
        if config.get(path) is not None and any(config.of_kind(kind)):
            yield Fault(f"`{path}` beside {kind}, two homes of one setting", f"keep {kind} only")


def kube_proxy(config: Config) -> Iterator[Fault]:
    """Contract 1.14 runs kube-proxy unless a document says otherwise."""
    if config.contract is not Contract.V1_14 or config.is_worker:
        return
    if not any(config.of_kind("KubeProxyConfig")) and config.get("cluster.proxy") is None:
        yield Fault("no KubeProxyConfig, so kube-proxy runs by the legacy default", "write it with `enabled: false`")
    for document in config.of_kind("KubeProxyConfig"):
        if not document.get("image"):
            yield Fault("KubeProxyConfig without an image", "set `image`, also when it is off")


def volume_keys(config: Config) -> Iterator[Fault]:
    """An encrypted volume has keys, each of one kind and in a slot of its own."""
    for kind in ("VolumeConfig", "UserVolumeConfig"):
        for document in config.of_kind(kind):
            yield from _keys_of(f"volume {document.get('name')}", document, kind == "VolumeConfig")
            if document.get("name") == "STATE" and "provisioning" in document and config.contract is Contract.V1_13:
                yield Fault("`provisioning` on STATE, which contract 1.13 has not", "remove `provisioning`")


def _keys_of(who: str, document: Document, is_system: bool) -> Iterator[Fault]:
    if "encryption" not in document:
        return
    keys = document["encryption"].get("keys") or []
    if not keys:
        yield Fault(f"{who} encrypted without a key", "give it a key slot")
    slots = [key.get("slot") for key in keys]
    for slot in sorted({slot for slot in slots if slots.count(slot) > 1}):
        yield Fault(f"{who} with key slot {slot} twice", "give each key its own slot")
    for key in keys:
        if sum(name in key for name in _KEY_KINDS) != 1:
            message = f"{who} with key slot {key.get('slot')} of no single kind"
            yield Fault(message, f"use one of {', '.join(_KEY_KINDS)}")
        if is_system and document.get("name") == "STATE" and key.get("lockToState"):
            yield Fault("`lockToState` on STATE, which cannot be locked to itself", "remove `lockToState`")


def etcd_encryption(config: Config) -> Iterator[Fault]:
    """Secrets are encrypted in etcd, always."""
    if config.is_worker:
        return
    if not config.get("cluster.secretboxEncryptionSecret") and not any(config.of_kind("KubeEtcdEncryptionConfig")):
        yield Fault("no encryption of etcd, so Secrets lie in it in clear text", "take the key from the secrets bundle")
