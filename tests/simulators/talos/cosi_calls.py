"""Resources of a node, as COSI serves them: made anew for each question."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from grpclib.const import Status

from . import bootstrap_manifests
from .call import Call, refuse
from .kubelet import STATIC_PODS
from .node import Node
from .wire import enum, make

_STAGE = "chartroom.spec.MachineStatus.Stage"
_CONFIG_TYPES = {
    "kube-apiserver": "APIServerConfigs.kubernetes.talos.dev",
    "kube-controller-manager": "ControllerManagerConfigs.kubernetes.talos.dev",
    "kube-scheduler": "SchedulerConfigs.kubernetes.talos.dev",
}


@dataclass(frozen=True, slots=True)
class _Resource:
    namespace: str
    kind: str
    name: str
    spec: Any
    version: int = 1
    is_sensitive: bool = False

    def message(self) -> Any:
        """Return it as it goes over the wire."""
        return make(
            "cosi.resource.Resource",
            metadata=make(
                "cosi.resource.Metadata",
                namespace=self.namespace,
                type=self.kind,
                id=self.name,
                version=str(self.version),
                phase="running",
            ),
            spec=make("cosi.resource.Spec", proto_spec=self.spec.SerializeToString()),
        )


async def get(call: Call) -> Any:
    """Return one resource."""
    request = call.request
    for resource in _visible(call, request.namespace, request.type):
        if resource.name == request.id:
            return make("cosi.resource.GetResponse", resource=resource.message())
    raise refuse(Status.NOT_FOUND, f"resource {request.type}({request.namespace}/{request.id}@undefined) doesn't exist")


async def list_all(call: Call) -> AsyncIterator[Any]:
    """Stream all resources of a type."""
    for resource in _visible(call, call.request.namespace, call.request.type):
        yield make("cosi.resource.ListResponse", resource=resource.message())


def _visible(call: Call, namespace: str, kind: str) -> Iterator[_Resource]:
    for resource in _resources(call.node):
        if resource.kind == kind and resource.namespace == namespace:
            if resource.is_sensitive and "admin" not in call.rights:
                raise refuse(Status.PERMISSION_DENIED, "not authorized")
            yield resource


def _resources(node: Node) -> Iterator[_Resource]:
    yield _Resource("runtime", "MachineStatuses.runtime.talos.dev", "machine", _machine_status(node))
    uuid = make("chartroom.spec.SystemInformation", uuid=node.system_uuid)
    yield _Resource("hardware", "SystemInformations.hardware.talos.dev", "systeminformation", uuid)
    for name in ("iscsi-tools", "util-linux-tools"):
        metadata = make("chartroom.spec.ExtensionMetadata", name=name, version=node.running)
        spec = make("chartroom.spec.ExtensionStatus", metadata=metadata)
        yield _Resource("runtime", "ExtensionStatuses.runtime.talos.dev", name, spec)
    if node.config is not None:
        yield from _configured(node)


def _configured(node: Node) -> Iterator[_Resource]:
    assert node.config is not None
    kind = "MachineConfigs.config.talos.dev"
    for name, text in (("v1alpha1", node.config.text), ("persistent", node.disk.staged or node.disk.config or "")):
        spec = make("chartroom.spec.MachineConfig", yaml=text.encode())
        yield _Resource("config", kind, name, spec, is_sensitive=True)
    for name, service in node.services.items():
        spec = make(
            "chartroom.spec.Service",
            running=service.state == "Running",
            healthy=service.healthy,
            unknown=service.unknown,
        )
        yield _Resource("runtime", "Services.v1alpha1.talos.dev", name, spec)
    for label in ("STATE", "EPHEMERAL", *(f"u-{name}" for name in node.config.volumes)):
        provider = 1 if label in node.config.encrypted else 0
        spec = make("chartroom.spec.VolumeStatus", phase=7, type=1, encryption_provider=provider)
        yield _Resource("runtime", "VolumeStatuses.block.talos.dev", label, spec)
    yield from _kubernetes(node)


def _kubernetes(node: Node) -> Iterator[_Resource]:
    assert node.config is not None
    kubelet = make("chartroom.spec.Kubelet", image=node.config.images["kubelet"])
    yield _Resource("k8s", "KubeletSpecs.kubernetes.talos.dev", "kubelet", kubelet, node.versions.get("kubelet", 1))
    if node.is_control_plane:
        for name in STATIC_PODS:
            image = node.config.images.get(name, "")
            fields = {"image": image} if name == "kube-apiserver" else {"image": image, "enabled": True}
            message = "APIServerConfig" if name == "kube-apiserver" else "StaticPodConfig"
            spec = make(f"chartroom.spec.{message}", **fields)
            yield _Resource("controlplane", _CONFIG_TYPES[name], name, spec, node.versions.get(name, 1))
        if node.member is not None:
            member = make("chartroom.spec.EtcdMember", member_id=f"{node.disk.member_id:x}")
            yield _Resource("etcd", "EtcdMembers.etcd.talos.dev", "local", member)
        yield from _manifests(node)
    cluster = node.site.etcd_to_join(node.config.cluster_id)
    shown = cluster.kubernetes.nodes.get(node.hostname) if cluster else None
    if cluster is not None and shown is not None:
        spec = make(
            "chartroom.spec.NodeStatus",
            nodename=node.hostname,
            node_ready=cluster.kubernetes.is_ready(node.hostname),
            unschedulable=bool(shown["spec"].get("unschedulable")),
            labels=shown["metadata"]["labels"],
        )
        yield _Resource("k8s", "NodeStatuses.kubernetes.talos.dev", node.hostname, spec)


def _manifests(node: Node) -> Iterator[_Resource]:
    for name, items in bootstrap_manifests.manifests(node):
        spec = make("chartroom.spec.Manifest")
        for item in items:
            spec.items.add().object.update(item)
        yield _Resource("controlplane", "Manifests.kubernetes.talos.dev", name, spec, node.versions["kube-apiserver"])


def _machine_status(node: Node) -> Any:
    unmet = []
    if node.config is not None:
        for name, service in sorted(node.services.items()):
            if service.state != "Running" or not (service.healthy or service.unknown):
                reason = f"service {name!r} is {service.state}"
                unmet.append(make("chartroom.spec.UnmetCondition", name=f"services/{name}", reason=reason))
    ready = node.stage in ("running", "maintenance") and not unmet
    stage = node.stage.upper() if node.stage != "off" else "UNKNOWN"
    return make(
        "chartroom.spec.MachineStatus",
        stage=enum(_STAGE, stage),
        status=make("chartroom.spec.MachineStatusStatus", ready=ready, unmet_conditions=unmet),
    )


ANSWERS = {"/cosi.resource.State/Get": get, "/cosi.resource.State/List": list_all}
