"""Read the resources in which a node tells its state (COSI)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from provision.talos.connection import Session
from provision.talos.error import NotFound
from provision.talos.proto import spec_pb2
from provision.talos.proto.cosi_grpc import StateStub
from provision.talos.proto.cosi_pb2 import GetRequest, ListRequest, Resource

_Spec = TypeVar("_Spec", bound=Message)


class Stage(Enum):
    """What a machine is doing, in Talos' own words."""

    UNKNOWN = spec_pb2.MachineStatus.UNKNOWN
    BOOTING = spec_pb2.MachineStatus.BOOTING
    INSTALLING = spec_pb2.MachineStatus.INSTALLING
    MAINTENANCE = spec_pb2.MachineStatus.MAINTENANCE
    RUNNING = spec_pb2.MachineStatus.RUNNING
    REBOOTING = spec_pb2.MachineStatus.REBOOTING
    SHUTTING_DOWN = spec_pb2.MachineStatus.SHUTTING_DOWN
    RESETTING = spec_pb2.MachineStatus.RESETTING
    UPGRADING = spec_pb2.MachineStatus.UPGRADING


@dataclass(frozen=True, slots=True)
class MachineStatus:
    """Stage and readiness; `unmet` says what is missing."""

    stage: Stage
    ready: bool
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """The Kubernetes Node as the machine itself sees it: no Kubernetes API is needed."""

    name: str
    ready: bool
    unschedulable: bool


@dataclass(frozen=True, slots=True)
class Component:
    """The configuration of a part of Kubernetes: its static pod repeats `version` in an annotation."""

    image: str
    version: str


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """A configuration as the node holds it. It is a secret."""

    text: str = field(repr=False)
    version: str


_COMPONENTS: Mapping[str, tuple[str, type[Message]]] = {
    "kube-apiserver": ("APIServerConfigs.kubernetes.talos.dev", spec_pb2.APIServerConfig),
    "kube-controller-manager": ("ControllerManagerConfigs.kubernetes.talos.dev", spec_pb2.StaticPodConfig),
    "kube-scheduler": ("SchedulerConfigs.kubernetes.talos.dev", spec_pb2.StaticPodConfig),
}
COMPONENTS = tuple(_COMPONENTS)


async def machine_status(session: Session) -> MachineStatus:
    """Return stage and readiness."""
    resource = await _get(session, "runtime", "MachineStatuses.runtime.talos.dev", "machine")
    spec = _spec(resource, spec_pb2.MachineStatus)
    unmet = tuple(f"{condition.name}: {condition.reason}" for condition in spec.status.unmet_conditions)
    return MachineStatus(Stage(spec.stage), spec.status.ready, unmet)


async def machine_config(session: Session, *, persistent: bool = False) -> MachineConfig:
    """Return the active configuration, or the one of the next boot; they differ while one is staged or tried."""
    name = "persistent" if persistent else "v1alpha1"
    resource = await _get(session, "config", "MachineConfigs.config.talos.dev", name)
    return MachineConfig(_spec(resource, spec_pb2.MachineConfig).yaml.decode(), resource.metadata.version)


async def node_status(session: Session, name: str) -> NodeStatus | None:
    """Return the Node, or None while the machine has not joined Kubernetes."""
    try:
        resource = await _get(session, "k8s", "NodeStatuses.kubernetes.talos.dev", name)
    except NotFound:
        return None
    spec = _spec(resource, spec_pb2.NodeStatus)
    return NodeStatus(spec.nodename, spec.node_ready, spec.unschedulable)


async def component(session: Session, name: str) -> Component:
    """Return image and config version of a static pod of the control plane."""
    kind, shape = _COMPONENTS[name]
    resource = await _get(session, "controlplane", kind, name)
    spec: Any = _spec(resource, shape)
    return Component(spec.image, resource.metadata.version)


async def kubelet_image(session: Session) -> str:
    """Return the image that the kubelet is to run."""
    resource = await _get(session, "k8s", "KubeletSpecs.kubernetes.talos.dev", "kubelet")
    return _spec(resource, spec_pb2.Kubelet).image


async def etcd_member_id(session: Session) -> int | None:
    """Return the node's own member id, or None where it has none."""
    try:
        resource = await _get(session, "etcd", "EtcdMembers.etcd.talos.dev", "local")
    except NotFound:
        return None
    return int(_spec(resource, spec_pb2.EtcdMember).member_id, 16)


async def system_uuid(session: Session) -> str:
    """Return the machine's SMBIOS id: its disk keys hang on it."""
    resource = await _get(session, "hardware", "SystemInformations.hardware.talos.dev", "systeminformation")
    return _spec(resource, spec_pb2.SystemInformation).uuid


async def extensions(session: Session) -> Mapping[str, str]:
    """Return the system extensions that run: name → version."""
    resources = await _list(session, "runtime", "ExtensionStatuses.runtime.talos.dev")
    specs = [_spec(resource, spec_pb2.ExtensionStatus).metadata for resource in resources]
    return {spec.name: spec.version for spec in specs}


async def encrypted_volumes(session: Session) -> Mapping[str, bool]:
    """Say of each volume whether it is encrypted."""
    resources = await _list(session, "runtime", "VolumeStatuses.block.talos.dev")
    return {r.metadata.id: _spec(r, spec_pb2.VolumeStatus).encryption_provider != 0 for r in resources}


async def bootstrap_manifests(session: Session) -> tuple[dict[str, Any], ...]:
    """Return the objects that Talos wants in the cluster, in its order."""
    resources = await _list(session, "controlplane", "Manifests.kubernetes.talos.dev")
    ordered = sorted(resources, key=lambda resource: resource.metadata.id)
    return tuple(
        MessageToDict(item.object) for resource in ordered for item in _spec(resource, spec_pb2.Manifest).items
    )


async def _get(session: Session, namespace: str, kind: str, name: str) -> Resource:
    async with session.asking(f"the resource {name} of {kind.partition('.')[0]}"):
        request = GetRequest(namespace=namespace, type=kind, id=name)
        reply = await StateStub(session.channel).Get(request, timeout=session.timeout_s)
    resource: Resource = reply.resource
    return resource


async def _list(session: Session, namespace: str, kind: str) -> list[Resource]:
    async with session.asking(f"its {kind.partition('.')[0]}"):
        request = ListRequest(namespace=namespace, type=kind)
        replies = await StateStub(session.channel).List(request, timeout=session.timeout_s)
    return [reply.resource for reply in replies]


def _spec(resource: Resource, shape: type[_Spec]) -> _Spec:
    spec = shape()
    spec.ParseFromString(resource.spec.proto_spec)
    return spec
