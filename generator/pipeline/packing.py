"""Whether an environment's pods find nodes, also with its largest node lost."""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.catalogue.service import Component, Resources, Service
from generator.finding import Finding, Place, sort_findings
from generator.fleet import Fleet
from generator.fleet.arithmetic import pod_of
from generator.fleet.placement import eligible_nodes
from generator.packing import Misfit, Piece, Room, largest, pack
from generator.source import place_at

RULE = "capacity/pods-fit"
_HOSTNAME = "kubernetes.io/hostname"
_SHOWN = 4
# More kinds of pods than this without a node are one fault.
_APART = 5


def judge_packing(fleet: Fleet) -> tuple[Finding, ...]:
    """Return a finding for each kind of pod that finds no node."""
    rooms = [
        Room(node.name, node.allocatable_cpu_m, node.allocatable_memory_bytes, node.devices)
        for node in fleet.inventory.nodes.values()
    ]
    if not rooms:
        return ()
    pieces = list(_pieces(fleet))
    found = list(_findings(fleet, pack(rooms, _on(rooms, pieces)), pieces, None))
    if not found and fleet.environment.survives == "one-node":
        for lost in largest(rooms):
            rest = [room for room in rooms if room is not lost]
            found += _findings(fleet, pack(rest, _on(rest, pieces)), pieces, lost.name)
            if found:
                break
    return sort_findings(found)


_Placed = tuple[Piece, Place, bool]


def _on(rooms: list[Room], pieces: list[_Placed]) -> Iterator[Piece]:
    """The pieces that are wanted on these nodes: a DaemonSet asks nothing of a node that is gone."""
    names = {room.name for room in rooms}
    return (piece for piece, _, per_node in pieces if not per_node or piece.nodes <= names)


def _findings(fleet: Fleet, misfits: tuple[Misfit, ...], pieces: list[_Placed], lost: str | None) -> Iterator[Finding]:
    places = {piece.name: place for piece, place, _ in pieces}
    by_name: dict[str, list[Misfit]] = {}
    for misfit in misfits:
        by_name.setdefault(misfit.piece.name, []).append(misfit)
    without = f" with {lost} lost" if lost else ""
    if len(by_name) > _APART:
        yield _together(fleet, by_name, without)
        return
    for name, found in sorted(by_name.items()):
        piece, lacks = found[0].piece, found[0].lacks
        asked = ", ".join(_asked(piece))
        count = f"{len(found)} pods of " if len(found) > 1 else ""
        shown = "; ".join(f"{node} lacks {what}" for node, what in lacks[:_SHOWN])
        more = f"; {len(lacks) - _SHOWN} more nodes lack as much" if len(lacks) > _SHOWN else ""
        why = f"{shown}{more}" if lacks else "no node is left that it may run on"
        message = f"{count}{name!r} ({asked}) find no node in {fleet.environment.name!r}{without}: {why}"
        if not count:
            message = message.replace(" find no node", " finds no node", 1)
        yield Finding(places[name], RULE, message, "lower its requests, or add a node to the inventory")


def _together(fleet: Fleet, by_name: dict[str, list[Misfit]], without: str) -> Finding:
    """Where much finds no node, the nodes are at fault, not each pod."""
    names = sorted(by_name, key=lambda name: (-by_name[name][0].piece.memory_bytes, name))
    shown = ", ".join(map(repr, names[:_SHOWN]))
    pods = sum(map(len, by_name.values()))
    message = (
        f"{pods} pods of {shown} and {len(names) - _SHOWN} more find no node in {fleet.environment.name!r}{without}"
    )
    workers = [node for node in fleet.inventory.nodes.values() if node.role == "worker"]
    place = (workers or list(fleet.inventory.nodes.values()))[0].place
    return Finding(place, RULE, message, "add a node to the inventory, enlarge one, or lower requests")


def _asked(piece: Piece) -> Iterator[str]:
    yield f"{piece.cpu_m}m CPU"
    yield f"{piece.memory_bytes // 2**20}Mi"
    yield from (f"{count} {device}" for device, count in sorted(piece.devices.items()))


def _pieces(fleet: Fleet) -> Iterator[_Placed]:
    """Every pod that runs in quiet times, and one of each CronJob."""
    untainted = frozenset(name for name, node in fleet.inventory.nodes.items() if _takes_all(fleet, name))
    every = frozenset(fleet.inventory.nodes)
    for service in fleet.services.values():
        for component in service.components.values():
            if component.container is not None:
                yield from _of_component(fleet, service, component)
        for declared in service.chart.pods.values() if service.chart is not None else ():
            cpu, memory = _requests(declared.resources)
            name = f"{service.name}-{declared.name}"
            if declared.kind == "DaemonSet":
                for node in sorted(every):
                    yield Piece(name, cpu, memory, frozenset({node})), declared.place, True
            else:
                for _ in range(declared.replicas):
                    yield Piece(name, cpu, memory, untainted), declared.place, False
        if service.postgres is not None:
            cpu, memory = _requests(service.postgres.resources)
            for _ in range(service.postgres.instances):
                yield Piece(service.name, cpu, memory, untainted), service.postgres.place, False


def _of_component(fleet: Fleet, service: Service, component: Component) -> Iterator[_Placed]:
    cpu, memory, _ = pod_of(component)
    nodes = [node.name for node in eligible_nodes(fleet.inventory, component)]
    devices: dict[str, int] = {}
    for container in component.containers:
        for device, count in container.devices.items():
            devices[device] = devices.get(device, 0) + count
    place = place_at(component.tree, ("devices",) if devices else ("resources", "requests"))
    if component.kind == "DaemonSet":
        for node in nodes:
            yield Piece(component.workload, cpu, memory, frozenset({node}), devices), place, True
        return
    count = (
        int(component.schedule.get("parallelism", 1)) if component.kind in ("CronJob", "Job") else component.replicas
    )
    piece = Piece(component.workload, cpu, memory, frozenset(nodes), devices, _apart(component.affinity))
    for _ in range(count):
        yield piece, place, False


def _apart(affinity: Mapping[str, Any] | None) -> bool:
    """Whether replicas must not share a node. Whom the term selects is taken to be themselves."""
    required = ((affinity or {}).get("podAntiAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    return any(term.get("topologyKey") == _HOSTNAME for term in required or ())


def _takes_all(fleet: Fleet, name: str) -> bool:
    """Whether a node takes pods that tolerate nothing: what charts declare no tolerations for."""
    node = fleet.inventory.nodes[name]
    return node.role != "controlplane" and not any(taint["effect"] != "PreferNoSchedule" for taint in node.taints)


def _requests(resources: Resources | None) -> tuple[int, int]:
    if resources is None:
        return 0, 0
    return resources.cpu_request_m or 0, resources.memory_request_bytes or 0
