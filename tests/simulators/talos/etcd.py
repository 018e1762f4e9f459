"""One etcd cluster as its members see it: who belongs to it, who votes, what it holds."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from .kube import Kubernetes

PAGE = 512
CHECKSUM = 32


@dataclass(slots=True)
class Member:
    """One member; a learner copies and does not vote."""

    member_id: int
    node: str
    address: str
    is_learner: bool = False
    is_started: bool = True


@dataclass(slots=True)
class EtcdCluster:
    """What is on the disks of its members: membership and Kubernetes' objects."""

    cluster_id: str
    kubernetes: Kubernetes
    members: dict[int, Member] = field(default_factory=dict)
    leader: int = 0
    term: int = 1
    index: int = 1
    _next_id: int = 0xA000_0000_0000_0001

    def add(self, node: str, address: str, *, is_learner: bool) -> Member:
        """Let a node in."""
        member = Member(self._next_id, node, address, is_learner)
        self._next_id += 0x11
        self.members[member.member_id] = member
        self.elect()
        return member

    def remove(self, member_id: int) -> None:
        """Let a node go; whoever leads then is elected anew."""
        self.members.pop(member_id, None)
        self.elect()

    def voters(self) -> list[Member]:
        """List the members that vote."""
        return [member for member in self.members.values() if not member.is_learner]

    def has_quorum(self) -> bool:
        """Say whether more than half of the voters run."""
        voters = self.voters()
        return sum(member.is_started for member in voters) > len(voters) // 2

    def has_learner(self) -> bool:
        """Say whether somebody is copying: etcd takes one learner at a time."""
        return any(member.is_learner for member in self.members.values())

    def elect(self) -> None:
        """Choose a leader where there is none that runs."""
        current = self.members.get(self.leader)
        if current is None or current.is_learner or not current.is_started:
            running = [member for member in self.voters() if member.is_started]
            if running and self.has_quorum():
                self.leader = running[0].member_id
                self.term += 1

    def forfeit(self) -> str:
        """Hand the lead to another voter and return its node."""
        other = next(m for m in self.voters() if m.member_id != self.leader and m.is_started)
        self.leader, self.term = other.member_id, self.term + 1
        return other.node

    def snapshot(self) -> bytes:
        """Write the database: whole pages, then the SHA-256 of all that went before."""
        content = {"cluster": self.cluster_id, "kubernetes": self.kubernetes.dump()}
        body = json.dumps(content, sort_keys=True).encode()
        body += b" " * (-len(body) % PAGE)
        return body + hashlib.sha256(body).digest()


def read_snapshot(snapshot: bytes, *, skip_hash: bool) -> dict[str, Any]:
    """Read a database back.

    Raises:
        ValueError: it is not one, or its hash is missing or wrong.
    """
    body, tail = snapshot, b""
    if len(snapshot) % PAGE == CHECKSUM:
        body, tail = snapshot[:-CHECKSUM], snapshot[-CHECKSUM:]
    if not skip_hash:
        if not tail:
            raise ValueError("snapshot missing hash but --skip-hash-check=false")
        if hashlib.sha256(body).digest() != tail:
            raise ValueError("expected sha256 does not match")
    content: dict[str, Any] = json.loads(body)
    return content
