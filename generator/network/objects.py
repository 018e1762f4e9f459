"""Who is there: namespaces, pods and Services of rendered objects. Nothing but objects is read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.network.selector import NAME_LABEL

Object = Mapping[str, Any]
Labels = Mapping[str, str]
# Container ports by name; one name may stand for a port of each protocol.
NamedPorts = Mapping[str, tuple[tuple[str, int], ...]]

POLICIES = {
    ("networking.k8s.io", "NetworkPolicy"),
    ("cilium.io", "CiliumNetworkPolicy"),
    ("cilium.io", "CiliumClusterwideNetworkPolicy"),
}
_TEMPLATES = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}
_MOVER = {"app.kubernetes.io/created-by": "volsync"}
_POSTGRES = {"postgresql": (("TCP", 5432),), "metrics": (("TCP", 9187),), "status": (("TCP", 8000),)}


@dataclass(frozen=True, slots=True)
class PodGroup:
    """Pods that no policy can tell apart: one namespace, same labels, port names and account.

    `rendered` is False for pods that nobody here renders and that are taken to exist: all pods of
    a namespace whose chart is not ours, and those that a policy there names by label.
    """

    namespace: str
    labels: Labels = field(hash=False)
    ports: NamedPorts = field(default_factory=dict, hash=False)
    account: str = ""
    workloads: tuple[str, ...] = ()
    rendered: bool = True

    @property
    def name(self) -> str:
        """Return what findings call it."""
        if self.workloads:
            return f"{self.namespace}/{'+'.join(self.workloads)}"
        if not self.labels:
            return f"all pods of {self.namespace}"
        return f"pods {','.join(f'{key}={value}' for key, value in sorted(self.labels.items()))} of {self.namespace}"


@dataclass(frozen=True, slots=True)
class NetworkService:
    """A Service as far as a policy can name it."""

    namespace: str
    name: str
    labels: Labels
    selector: Labels


@dataclass(slots=True)
class Inventory:
    """Everything of the rendered objects that decides who reaches whom."""

    namespaces: dict[str, Labels] = field(default_factory=dict)
    owned: set[str] = field(default_factory=set)
    groups: list[PodGroup] = field(default_factory=list)
    host_pods: list[str] = field(default_factory=list)
    nfs: list[str] = field(default_factory=list)
    policies: list[Object] = field(default_factory=list)
    services: list[NetworkService] = field(default_factory=list)
    endpoints: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    cidr_groups: dict[str, list[str]] = field(default_factory=dict)


def group_of(item: Object) -> str:
    """Return the API group of an object, empty for the core one."""
    name, slash, _ = str(item.get("apiVersion", "")).rpartition("/")
    return name if slash else ""


def identity(item: Object) -> str:
    """Return Kind/namespace/name, without the namespace where there is none."""
    metadata = item.get("metadata") or {}
    parts = (item.get("kind"), metadata.get("namespace"), metadata.get("name"))
    return "/".join(str(part) for part in parts if part)


def take_stock(objects: Iterable[Object]) -> Inventory:
    """Sort rendered objects into what policies select, and policies."""
    stock = Inventory()
    pods: dict[tuple[Any, ...], list[str]] = {}
    for item in objects:
        _namespace(item, stock)
        if (group_of(item), item.get("kind")) in POLICIES:
            stock.policies.append(item)
        _address_book(item, stock)
        for namespace, labels, ports, account, on_host in _pods(item):
            name = str((item.get("metadata") or {}).get("name"))
            if on_host:
                stock.host_pods.append(identity(item))
                continue
            key = (namespace, tuple(sorted(labels.items())), tuple(sorted(ports.items())), account)
            pods.setdefault(key, []).append(name)
    for (namespace, labels, ports, account), names in sorted(pods.items()):
        stock.groups.append(PodGroup(namespace, dict(labels), dict(ports), account, tuple(sorted(set(names)))))
    stock.policies.sort(key=identity)
    return stock


def _namespace(item: Object, stock: Inventory) -> None:
    metadata = item.get("metadata") or {}
    if item.get("kind") == "Namespace" and not group_of(item):
        name = str(metadata.get("name"))
        stock.namespaces[name] = {**(metadata.get("labels") or {}), NAME_LABEL: name}
        stock.owned.add(name)
    elif metadata.get("namespace"):
        stock.namespaces.setdefault(metadata["namespace"], {NAME_LABEL: metadata["namespace"]})


def _address_book(item: Object, stock: Inventory) -> None:
    metadata, spec = item.get("metadata") or {}, item.get("spec") or {}
    where = (str(metadata.get("namespace", "")), str(metadata.get("name")))
    match item.get("kind"):
        case "Service":
            stock.services.append(NetworkService(*where, metadata.get("labels") or {}, spec.get("selector") or {}))
        case "Endpoints":
            found = [entry["ip"] for part in item.get("subsets") or () for entry in part.get("addresses") or ()]
            stock.endpoints.setdefault(where, []).extend(found)
        case "EndpointSlice":
            service = (metadata.get("labels") or {}).get("kubernetes.io/service-name")
            found = [text for entry in item.get("endpoints") or () for text in entry.get("addresses") or ()]
            stock.endpoints.setdefault((where[0], str(service)), []).extend(found)
        case "CiliumCIDRGroup":
            stock.cidr_groups[where[1]] = list(spec.get("externalCIDRs") or ())
        case "PersistentVolume" if spec.get("nfs"):
            stock.nfs.append(f"{where[1]} ({spec['nfs'].get('server')}:{spec['nfs'].get('path')})")
        case _:
            pass


def _pods(item: Object) -> Iterator[tuple[str, Labels, NamedPorts, str, bool]]:
    """Yield the pods that an object becomes: namespace, labels, ports, account, and whether on the host."""
    kind, spec = item.get("kind"), item.get("spec") or {}
    metadata = item.get("metadata") or {}
    namespace = str(metadata.get("namespace") or "default")
    extra: Labels = {}
    match kind:
        case "Pod":
            template: Object = item
        case "CronJob":
            template = ((spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}
        case str() if kind in _TEMPLATES:
            template = spec.get("template") or {}
            if kind == "Job":
                extra = {"batch.kubernetes.io/job-name": str(metadata.get("name"))}
        case "Cluster" if group_of(item) == "postgresql.cnpg.io":
            inherited = (spec.get("inheritedMetadata") or {}).get("labels") or {}
            labels = {**inherited, "cnpg.io/cluster": str(metadata.get("name")), "cnpg.io/podRole": "instance"}
            yield namespace, labels, _POSTGRES, str(metadata.get("name")), False
            return
        case "ReplicationSource" | "ReplicationDestination" if group_of(item) == "volsync.backube":
            yield namespace, _MOVER, {}, f"volsync-{metadata.get('name')}", False
            return
        case _:
            return
    pod = template.get("spec") or {}
    labels = {**((template.get("metadata") or {}).get("labels") or {}), **extra}
    yield namespace, labels, _ports(pod), str(pod.get("serviceAccountName") or "default"), bool(pod.get("hostNetwork"))


def _ports(pod: Object) -> NamedPorts:
    sidecars = [item for item in pod.get("initContainers") or () if item.get("restartPolicy") == "Always"]
    found: dict[str, set[tuple[str, int]]] = {}
    for container in (*(pod.get("containers") or ()), *sidecars):
        for port in container.get("ports") or ():
            if port.get("name"):
                found.setdefault(port["name"], set()).add((port.get("protocol", "TCP"), int(port["containerPort"])))
    return {name: tuple(sorted(numbers)) for name, numbers in sorted(found.items())}
