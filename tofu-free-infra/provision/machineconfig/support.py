"""Which Talos carries which Kubernetes, and from which Talos a host may come.

Source: facts/provisioning-more.md §3.2 (siderolabs/talos, pkg/machinery/compatibility/talos113 and talos114).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

Minor = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Support:
    """What one minor of Talos accepts, ends included."""

    kubernetes: tuple[Minor, Minor]
    upgrade_from: Minor


SUPPORT: Mapping[Minor, Support] = {
    (1, 13): Support(kubernetes=((1, 31), (1, 36)), upgrade_from=(1, 11)),
    (1, 14): Support(kubernetes=((1, 32), (1, 37)), upgrade_from=(1, 12)),
}

_VERSION = re.compile(r"^v?(?P<major>\d+)\.(?P<minor>\d+)\.\d+(?:-[0-9A-Za-z.-]+)?$")


def minor_of(version: str) -> Minor | None:
    """Return major and minor of a full version, or None where the text is none."""
    found = _VERSION.match(version)
    return (int(found["major"]), int(found["minor"])) if found else None


def show(minor: Minor) -> str:
    """Write a minor as people do."""
    return f"{minor[0]}.{minor[1]}"


def refuses_kubernetes(talos: str, kubernetes: str) -> str | None:
    """Say why this Talos does not run this Kubernetes, or None where it does or where Talos' minor is unknown to us."""
    ours, theirs = minor_of(talos), minor_of(kubernetes)
    support = SUPPORT.get(ours) if ours else None
    if support is None or theirs is None:
        return None
    low, high = support.kubernetes
    if low <= theirs <= high:
        return None
    return f"Talos {talos} runs Kubernetes {show(low)} to {show(high)}, not {kubernetes}"


def refuses_upgrade(before: str, after: str) -> str | None:
    """Say why a host may not go from one Talos to the other, or None where it may."""
    start, end = minor_of(before), minor_of(after)
    if start is None or end is None:
        return f"{before if start is None else after!r} is not a version of Talos"
    support = SUPPORT.get(end)
    if support is None:
        return f"Talos {after} is not known to this program, known are {', '.join(map(show, SUPPORT))}"
    if start < support.upgrade_from:
        return f"Talos {after} upgrades hosts from {show(support.upgrade_from)} on, this one has {before}"
    if end < start:
        return f"Talos {before} cannot go back to {after}: it may bring an older etcd, which cannot read the newer data"
    return None


def refuses_kubernetes_upgrade(before: str, after: str) -> str | None:
    """Say why Kubernetes may not go from one version to the other: the same minor or the next one, never back."""
    start, end = minor_of(before), minor_of(after)
    if start is None or end is None:
        return f"{before if start is None else after!r} is not a version of Kubernetes"
    if _patch(after) < _patch(before):
        return f"Kubernetes {before} cannot go back to {after}: there is no procedure for it"
    if end[0] != start[0] or end[1] - start[1] > 1:
        return f"Kubernetes {before} goes to {show((start[0], start[1] + 1))} next, not to {after}"
    return None


def _patch(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix("v").partition("-")[0].split("."))
