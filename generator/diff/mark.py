"""What makes a change dangerous: each kind of mark is one function over the objects of one owner."""

from collections.abc import Iterator
from typing import Any

from generator.diff.change import Mark, Pairing, differing, shown_name
from generator.diff.privilege import gained, pod_of, show
from generator.diff.project import moved_project, project_gains
from generator.network import address_set, show_blocks
from generator.network.blocks import EVERYWHERE, take_away
from generator.pipeline.frozen import differences, fields_of
from generator.source import Map

Body = dict[str, Any]
_OF_ARGOCD = {"AppProject": (project_gains,), "Application": (moved_project,)}
_TIER = "chartroom/backup"
_CLAIMS = ("PersistentVolumeClaim", "PersistentVolume", "Cluster")
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Cluster")
_COPIES = ("Schedule", "ScheduledBackup", "ReplicationSource", "BackupStorageLocation", "ObjectStore")


def marks_of(pairing: Pairing, environment: str, moves: Map) -> Iterator[Mark]:
    """Yield every mark of one owner, but for those that need the whole environment."""
    yield from _frozen(pairing, environment, moves)
    for find in (_namespace, _volume, _exposure, _privilege, _backup):
        yield from find(pairing)


def _frozen(pairing: Pairing, environment: str, moves: Map) -> Iterator[Mark]:
    before = {name: fields_of(body) for name, body in pairing.before.items()}
    after = {name: fields_of(body) for name, body in pairing.after.items()}
    for change in differences(environment, before, after):
        announced = moves.child(change.object)
        entry = announced.child(change.field) if change.field in announced else None
        told = f"; announced in values/moves.yaml, runbook {entry.get('runbook')}" if entry is not None else ""
        leaves = "; ".join(map(str, differing(change.before, change.after, change.field)))
        yield Mark("frozen", f"{shown_name(change.object)} changes {leaves}: the API server refuses it{told}")


def _moved(pairing: Pairing) -> dict[str, str]:
    """Objects that are gone here and came back in another namespace: before -> after."""
    gone = {_without_namespace(body): name for name, body in pairing.before.items() if name not in pairing.after}
    found = {}
    for name, body in pairing.after.items():
        old = gone.get(_without_namespace(body))
        if name not in pairing.before and old is not None:
            found[old] = name
    return found


def _made_claims(body: Body) -> list[str]:
    """The claims that a StatefulSet makes by itself."""
    spec = body.get("spec") or {}
    return [
        f"{template['metadata']['name']}-{body['metadata']['name']}-{number}"
        for template in spec.get("volumeClaimTemplates") or ()
        for number in range(int(spec.get("replicas", 1)))
    ]


def _without_namespace(body: Body) -> tuple[str, str]:
    return str(body.get("kind")), str(body["metadata"].get("name"))


def _namespace(pairing: Pairing) -> Iterator[Mark]:
    moved = _moved(pairing)
    for old, new in sorted(moved.items()):
        if old.split("/")[0] not in _WORKLOADS:
            continue
        claims = sorted(name.split("/")[-1] for name in moved if name.startswith("PersistentVolumeClaim/"))
        claims += _made_claims(pairing.before[old])
        left = f"; its claims {', '.join(claims)} stay behind with their data" if claims else ""
        kind, before, name = old.split("/")
        yield Mark("namespace", f"{kind} {name} moves from namespace {before} to {new.split('/')[1]}{left}")
    for name in sorted(pairing.before.keys() & pairing.after.keys()):
        if name.startswith("Application/"):
            old, new = (_destination(side[name]) for side in (pairing.before, pairing.after))
            if old != new:
                yield Mark("namespace", f"{name} moves from namespace {old} to {new}, with everything that it installs")


def _destination(body: Body) -> str:
    return str(((body.get("spec") or {}).get("destination") or {}).get("namespace"))


def _volume(pairing: Pairing) -> Iterator[Mark]:
    moved = _moved(pairing)
    shares = [source for body in pairing.after.values() if (source := _share(body))]
    for name, body in sorted(pairing.before.items()):
        kind = name.split("/")[0]
        if kind in _CLAIMS and name not in pairing.after and name not in moved:
            if _share(body) not in shares:
                yield Mark("volume", f"{shown_name(name)} is dropped: nothing manages what it holds any more")
        elif name in pairing.after and kind in _WORKLOADS:
            lost = _claims(body) - _claims(pairing.after[name])
            for claim in sorted(lost):
                yield Mark("volume", f"{name} no longer mounts claim {claim}")


def _share(body: Body) -> Any:
    """The NFS share of a volume: under another name it is the same volume."""
    return (body.get("spec") or {}).get("nfs") if body.get("kind") == "PersistentVolume" else None


def _claims(body: Body) -> set[str]:
    volumes = (pod_of(body) or {}).get("volumes") or ()
    return {item["persistentVolumeClaim"]["claimName"] for item in volumes if item.get("persistentVolumeClaim")}


def _exposure(pairing: Pairing) -> Iterator[Mark]:
    back = {new: old for old, new in _moved(pairing).items()}
    for name, new in sorted(pairing.after.items()):
        old = pairing.before.get(back.get(name, name))
        for doors in (_routes, _addresses):
            for door in sorted(doors(new) - (doors(old) if old is not None else set())):
                yield Mark("exposure", f"{name} {door}")
        if new.get("kind") == "Service" and old is not None and _addresses(old):
            wider = take_away(_callers(new), _callers(old))
            if wider:
                yield Mark("exposure", f"{name} answers to {show_blocks(wider)} as well")


def _routes(body: Body) -> set[str]:
    spec = body.get("spec") or {}
    if body.get("kind") == "Ingress":
        return {f"answers for {rule.get('host', '*')} by Ingress" for rule in spec.get("rules") or ()}
    if body.get("kind") not in ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"):
        return set()
    hosts = spec.get("hostnames") or ["every host"]
    gateways = [f"{item.get('namespace', '')}/{item.get('name')}".lstrip("/") for item in spec.get("parentRefs") or ()]
    return {f"answers for {host} at gateway {gateway}" for host in hosts for gateway in gateways}


def _addresses(body: Body) -> set[str]:
    spec = body.get("spec") or {}
    if body.get("kind") != "Service" or spec.get("type") not in ("LoadBalancer", "NodePort"):
        return set()
    word = "at a load-balancer address" if spec["type"] == "LoadBalancer" else "on every node"
    return {f"answers {word} on {port.get('port')}/{port.get('protocol', 'TCP')}" for port in spec.get("ports") or ()}


def _callers(body: Body) -> tuple[tuple[int, int], ...]:
    ranges = (body.get("spec") or {}).get("loadBalancerSourceRanges")
    return address_set(ranges) if ranges else EVERYWHERE


def _privilege(pairing: Pairing) -> Iterator[Mark]:
    back = {new: old for old, new in _moved(pairing).items()}
    for name, new in sorted(pairing.after.items()):
        old = pairing.before.get(back.get(name, name))
        for item in gained(old, new):
            yield Mark("privilege", f"{shown_name(name)}: {show(new, item)}")
        for find in _OF_ARGOCD.get(str(new.get("kind")), ()):
            yield from (Mark("privilege", f"{name}: {said}") for said in find(old, new))


def _backup(pairing: Pairing) -> Iterator[Mark]:
    moved = _moved(pairing)
    for name, old in sorted(pairing.before.items()):
        new = pairing.after.get(name)
        if new is None:
            if old.get("kind") in _COPIES and name not in moved:
                yield Mark("backup", f"{shown_name(name)} is dropped")
            continue
        before, after = _tier(old), _tier(new)
        if before is not None and after is None:
            yield Mark("backup", f"{name} leaves {before} and is in no tier")
        elif before is not None and after is not None and after > before:
            yield Mark("backup", f"{name} moves from {before} to {after}, which is copied less often or not at all")
        for what in sorted(_archives(old) - _archives(new)):
            yield Mark("backup", f"{name} no longer has {what}")


def _tier(body: Body) -> str | None:
    if body.get("kind") != "PersistentVolumeClaim":
        return None
    found = (body["metadata"].get("labels") or {}).get(_TIER)
    return str(found) if found is not None else None


def _archives(body: Body) -> set[str]:
    """What copies a Postgres cluster away."""
    if body.get("kind") != "Cluster":
        return set()
    spec = body.get("spec") or {}
    plugins = {f"the plugin {item.get('name')}" for item in spec.get("plugins") or ()}
    return plugins | ({"its backup"} if spec.get("backup") else set())
