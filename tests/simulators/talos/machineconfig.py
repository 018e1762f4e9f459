"""Read a machine configuration as the node does: refuse what it would refuse, keep what the simulator needs."""

import base64
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from .faults import TABLES

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it is there


class ConfigRefused(Exception):
    """The node would answer InvalidArgument with this text."""


@cache
def kinds() -> dict[str, dict[str, Any]]:
    """Read the table of document kinds."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load((TABLES / "kinds.yaml").read_text(encoding="utf-8"))
    return rows


@dataclass(frozen=True, slots=True)
class Authority:
    """Certificate and key as PEM; the key is empty where only trust is given."""

    certificate: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """What a node understood of its configuration."""

    text: str
    role: str
    hostname: str
    cluster_name: str
    cluster_id: str
    endpoint: str
    talos: Authority
    kubernetes: Authority | None
    etcd: Authority | None
    service_account: bytes
    images: dict[str, str]  # kubelet, kube-apiserver, …
    cert_sans: tuple[str, ...]
    api_sans: tuple[str, ...]
    labels: dict[str, str]
    taints: dict[str, str]
    vip: str | None
    install_disk: bool
    encrypted: tuple[str, ...]
    volumes: tuple[str, ...]
    apid_subnets: tuple[str, ...] | None  # None: the ingress firewall is off

    @property
    def is_control_plane(self) -> bool:
        return self.role == "controlplane"


def understand(text: str, talos_version: str) -> MachineConfig:
    """Parse and judge a configuration for a node of this version.

    Raises:
        ConfigRefused: as the node would.
    """
    try:
        documents = [document for document in yaml.load_all(text, Loader=_LOADER) if document]
    except yaml.YAMLError as error:
        raise ConfigRefused(f"yaml: {str(error).splitlines()[0]}") from error
    mains = [d for d in documents if isinstance(d, dict) and "kind" not in d]
    if len(mains) != 1 or mains[0].get("version") != "v1alpha1":
        raise ConfigRefused("configuration needs exactly one v1alpha1 document")
    others = [d for d in documents if d is not mains[0]]
    _judge_kinds(others, mains[0], talos_version)
    return _Reader(mains[0], others, text).read()


def _judge_kinds(others: list[dict[str, Any]], main: dict[str, Any], version: str) -> None:
    minor = _minor(version)
    is_control_plane = (main.get("machine") or {}).get("type") == "controlplane"
    seen: set[tuple[str, str]] = set()
    for document in others:
        kind = document["kind"]
        row = kinds().get(kind)
        if row is None or _minor(str(row["since"])) > minor:
            raise ConfigRefused(f'error decoding document v1alpha1/{kind}: "{kind}" "v1alpha1": not registered')
        unknown = sorted(set(document) - set(row["fields"]) - {"apiVersion", "kind"})
        if unknown:
            raise ConfigRefused(f"unknown keys found during decoding:\n{kind}: {', '.join(unknown)}")
        for field in row.get("required", ()):
            if document.get(field) in (None, ""):
                raise ConfigRefused(f"{kind}: {field} is required")
        if row.get("where") == "controlplane" and not is_control_plane:
            raise ConfigRefused(f"{kind} is not allowed on non-controlplane nodes")
        identity = (kind, str(document.get("name", "")))
        if identity in seen:
            raise ConfigRefused(f"document {kind}/{identity[1]} is duplicated")
        seen.add(identity)


def _minor(version: str) -> tuple[int, int]:
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found is None:
        raise ConfigRefused(f"version {version!r}")
    return int(found[1]), int(found[2])


@dataclass(slots=True)
class _Reader:
    main: dict[str, Any]
    others: list[dict[str, Any]]
    text: str

    def read(self) -> MachineConfig:
        role = self.at("machine.type")
        if role not in ("controlplane", "worker"):
            raise ConfigRefused(f'unknown machine type "{role}"')
        if self.main.get("persist") is False:
            raise ConfigRefused(".persist should be enabled")
        self._judge_mixing()
        talos = self._authority("machine.ca") or Authority(b"", b"")
        self._judge_talos_authority(role, talos)
        kubernetes = self._kubernetes_authority()
        endpoint = self.either("cluster.controlPlane.endpoint", "KubeClusterConfig", "endpoint") or ""
        if not str(endpoint).startswith("https://"):
            raise ConfigRefused("cluster endpoint is not a valid URL")
        cluster_id = self.either("cluster.id", "DiscoveryIdentityConfig", "clusterID") or ""
        return MachineConfig(
            text=self.text,
            role=role,
            hostname=str(self.field("HostnameConfig", "hostname") or ""),
            cluster_name=str(self.either("cluster.clusterName", "KubeClusterConfig", "clusterName") or ""),
            cluster_id=str(cluster_id),
            endpoint=str(endpoint),
            talos=talos,
            kubernetes=kubernetes,
            etcd=self._authority("cluster.etcd.ca"),
            service_account=self._service_account(),
            images=self._images(),
            cert_sans=tuple(self.at("machine.certSANs") or ()),
            api_sans=tuple(self.either("cluster.apiServer.certSANs", "KubeAPIServerConfig", "certExtraSANs") or ()),
            labels=self.either("machine.nodeLabels", "KubeNodeConfig", "labels") or {},
            taints=self.either("machine.nodeTaints", "KubeNodeConfig", "taints") or {},
            vip=self.field("Layer2VIPConfig", "name"),
            install_disk=bool(self.at("machine.install.disk") or self.at("machine.install.diskSelector"))
            or self.field("UnattendedInstallConfig", "provisioning") is not None,
            encrypted=tuple(d["name"] for d in self.of("VolumeConfig") if d.get("encryption")),
            volumes=tuple(d["name"] for d in self.of("UserVolumeConfig")),
            apid_subnets=self._apid_subnets(),
        )

    def at(self, path: str) -> Any:
        value: Any = self.main
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [document for document in self.others if document["kind"] == kind]

    def field(self, kind: str, name: str) -> Any:
        return next((document.get(name) for document in self.of(kind)), None)

    def either(self, path: str, kind: str, name: str) -> Any:
        old = self.at(path)
        return old if old is not None else self.field(kind, name)

    def _judge_mixing(self) -> None:
        for path, kind in (
            ("cluster.discovery", "DiscoveryServiceConfig"),
            ("cluster.id", "DiscoveryIdentityConfig"),
            ("cluster.apiServer", "KubeAPIServerConfig"),
            ("cluster.secretboxEncryptionSecret", "KubeEtcdEncryptionConfig"),
            ("machine.install", "UnattendedInstallConfig"),
        ):
            if self.at(path) is not None and self.of(kind):
                raise ConfigRefused(f".{path} is already set, conflicts with {kind}")

    def _judge_talos_authority(self, role: str, talos: Authority) -> None:
        if role == "controlplane" and not talos.key:
            raise ConfigRefused("issuing CA key is required for controlplane nodes (.machine.ca.key)")
        if role == "worker" and talos.key:
            raise ConfigRefused("issuing Talos API CA key is not allowed on non-controlplane nodes (.machine.ca)")
        if not talos.certificate:
            raise ConfigRefused("trusted CA certificates are required (.machine.ca.crt, .machine.acceptedCAs)")

    def _authority(self, path: str) -> Authority | None:
        section = self.at(path)
        if not section:
            return None
        return Authority(_decode(section.get("crt")), _decode(section.get("key")))

    def _kubernetes_authority(self) -> Authority | None:
        old = self._authority("cluster.ca")
        if old is not None:
            return old
        for document in self.of("KubeAPIServerCAConfig"):
            issuing = document.get("issuingCA")
            if issuing:
                return Authority(issuing["cert"].encode(), issuing["key"].encode())
            return Authority("".join(document.get("acceptedCAs") or ()).encode(), b"")
        return None

    def _service_account(self) -> bytes:
        issuer = self.field("KubeServiceAccountConfig", "issuer") or {}
        return _decode(self.at("cluster.serviceAccount.key")) or str(issuer.get("privateKey", "")).encode()

    def _images(self) -> dict[str, str]:
        found = {
            "kubelet": self.either("machine.kubelet.image", "KubeletConfig", "image"),
            "kube-apiserver": self.either("cluster.apiServer.image", "KubeAPIServerConfig", "image"),
            "kube-controller-manager": self.either(
                "cluster.controllerManager.image", "KubeControllerManagerConfig", "image"
            ),
            "kube-scheduler": self.either("cluster.scheduler.image", "KubeSchedulerConfig", "image"),
        }
        return {name: image for name, image in found.items() if image}

    def _apid_subnets(self) -> tuple[str, ...] | None:
        if self.field("NetworkDefaultActionConfig", "ingress") != "block":
            return None
        rules = [d for d in self.of("NetworkRuleConfig") if 50000 in d["portSelector"].get("ports", ())]
        return tuple(entry["subnet"] for rule in rules for entry in rule.get("ingress") or ())


def _decode(text: object) -> bytes:
    return base64.b64decode(str(text)) if text else b""
