"""Volumes in a table's words: the same rows on service pages and in the backup inventory."""

from collections.abc import Iterator
from typing import NamedTuple

from generator.catalogue.quantity import show_bytes
from generator.catalogue.service import Service, Volume
from generator.docs.markdown import Markdown, code
from generator.docs.view import Reference, Row, View

_NONE = Markdown("–")


class Held(NamedTuple):
    """A volume with the name of its claim. `copies` are the claims that its replicas have."""

    volume: Volume
    claim: str
    copies: int


def held(service: Service) -> Iterator[Held]:
    """Yield every volume of a service: of components, of a chart's pods, of a Postgres cluster."""
    for component in service.components.values():
        replicated = component.kind == "StatefulSet" and component.replicas > 1
        for volume in component.volumes.values():
            copies = component.replicas if replicated and volume.form == "size" else 1
            yield Held(volume, f"{component.workload}-{volume.name}", copies)
    if service.chart is not None:
        for pod in service.chart.pods.values():
            for volume in pod.volumes.values():
                yield Held(volume, f"{volume.name} of {pod.name}", max(pod.replicas, 1))
    if service.postgres is not None:
        yield Held(service.postgres.storage, f"{service.name}-<n>", service.postgres.instances)


def volumes(reference: Reference, view: View, service: Service) -> list[Row]:
    """Every volume: name, what it is, size, class, tier, where it is mounted, remark."""
    site = view.fleet.site
    claims = {pair.place: pair.claim for pair in view.nfs.get(service.name, ())}
    rows: list[Row] = []
    for volume, claim, copies in held(service):
        what: str = _NONE
        size: str = _NONE
        made: str = _NONE
        tier: str = _NONE
        match volume.form:
            case "size":
                what = Markdown(f"claim {code(claim)}{f' × {copies}' if copies > 1 else ''}")
                size = volume.size or _size(volume.size_bytes)
                made, tier = code(volume.storage_class or site.default_class), volume.tier or ""
            case "nfs":
                share = site.shares.get(volume.share or "")
                what = Markdown(f"share {code(volume.share or '')}, claim {code(claims.get(volume.place, claim))}")
                if share is not None:
                    size, tier = share.size, share.tier
                made = Markdown("NFS")
            case "emptyDir":
                empty = volume.empty_dir or {}
                what = Markdown("empty at each start, in memory" if empty.get("medium") else "empty at each start")
                size = str(empty.get("sizeLimit", ""))
            case "hostPath":
                what = Markdown(f"path {code(volume.host_path or '')} of the node")
            case "existingClaim":
                what = Markdown(f"claim {code(volume.claim or '')} of another component")
        rows.append(
            (
                code(volume.name),
                what,
                size,
                made,
                tier or _NONE,
                _mounted(volume),
                reference.remark(volume.place) or _NONE,
            )
        )
    return rows


def _size(count: int | None) -> str:
    return show_bytes(count) if count else "–"


def _mounted(volume: Volume) -> Markdown:
    mount = volume.mount
    if mount is None:
        return _NONE
    sub = f", folder {code(mount.sub_path)}" if mount.sub_path else ""
    return Markdown(f"{code(mount.path)}{sub}{', read-only' if mount.read_only else ''}")
