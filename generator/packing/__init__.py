"""Pods on nodes: whether everything that shall run finds a place.

First-fit decreasing, the most demanding pod first. A scheduler may find a place where this does not,
and never the other way round for what is modelled: requests, devices, pods per node, and pods that
must not share a node. Soft spreads are preferences and count for nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

# The kubelet's own limit, unless its configuration says otherwise, which ours does not.
PODS_PER_NODE = 110


@dataclass(frozen=True, slots=True)
class Room:
    """What one node has to give."""

    name: str
    cpu_m: int
    memory_bytes: int
    devices: Mapping[str, int] = field(default_factory=dict, hash=False)
    pods: int = PODS_PER_NODE


@dataclass(frozen=True, slots=True)
class Piece:
    """One pod to place, on one of `nodes`. Pieces of one group that stand `apart` share no node."""

    name: str
    cpu_m: int
    memory_bytes: int
    nodes: frozenset[str] = field(hash=False)
    devices: Mapping[str, int] = field(default_factory=dict, hash=False)
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Misfit:
    """A pod without a place, and what each of its nodes lacks."""

    piece: Piece
    lacks: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Left:
    room: Room
    cpu_m: int
    memory_bytes: int
    devices: dict[str, int]
    pods: int
    names: set[str] = field(default_factory=set)

    def lack(self, piece: Piece) -> str | None:
        """Say what the piece would need more; None if it fits."""
        if self.pods < 1:
            return "pods"
        if piece.cpu_m > self.cpu_m:
            return "CPU"
        if piece.memory_bytes > self.memory_bytes:
            return "memory"
        for device, count in piece.devices.items():
            if count > self.devices.get(device, 0):
                return device
        if piece.apart and piece.name in self.names:
            return "a node of its own"
        return None

    def take(self, piece: Piece) -> None:
        self.cpu_m -= piece.cpu_m
        self.memory_bytes -= piece.memory_bytes
        self.pods -= 1
        self.names.add(piece.name)
        for device, count in piece.devices.items():
            self.devices[device] -= count


def pack(rooms: Sequence[Room], pieces: Iterable[Piece]) -> tuple[Misfit, ...]:
    """Place every piece and return those that find no place."""
    left = [_Left(room, room.cpu_m, room.memory_bytes, dict(room.devices), room.pods) for room in rooms]
    most_cpu = max((room.cpu_m for room in rooms), default=0) or 1
    most_memory = max((room.memory_bytes for room in rooms), default=0) or 1

    def demand(piece: Piece) -> tuple[int, int, float, str]:
        share = max(piece.cpu_m / most_cpu, piece.memory_bytes / most_memory)
        return len(piece.nodes), -sum(piece.devices.values()), -share, piece.name

    misfits = []
    for piece in sorted(pieces, key=demand):
        own = [node for node in left if node.room.name in piece.nodes]
        fits = next((node for node in own if node.lack(piece) is None), None)
        if fits is not None:
            fits.take(piece)
        else:
            misfits.append(Misfit(piece, tuple((node.room.name, str(node.lack(piece))) for node in own)))
    return tuple(misfits)


def largest(rooms: Sequence[Room]) -> tuple[Room, ...]:
    """Return the nodes of the largest size: by memory, then by CPU."""
    size = max(((room.memory_bytes, room.cpu_m) for room in rooms), default=(0, 0))
    return tuple(room for room in rooms if (room.memory_bytes, room.cpu_m) == size)
