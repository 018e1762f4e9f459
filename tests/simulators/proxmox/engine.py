"""Answer calls: find the method, check rights and parameters, run the handler. No network in here.

Calls are answered one after the other, so what the real server does under its cluster-wide lock is atomic here too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from . import login, rights, schema, tables, work
from .clock import Clock
from .faults import Fault, Faults
from .refusal import RefusalError, refuse
from .state import Site, Vm
from .tables import Method

RESOURCES_LAG_S = 10.0
"""How old /cluster/resources may be (facts p 1.2: a cycle of about ten seconds)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came in."""

    verb: str
    path: str
    values: dict[str, str]
    headers: dict[str, str]
    upload: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `cut` closes the connection instead."""

    status: int
    reason: str
    data: Any = None
    errors: dict[str, str] = field(default_factory=dict)
    cut: bool = False


CUT = Answer(0, "", cut=True)


@dataclass(slots=True)
class Engine:
    """The cluster with its clock and its faults."""

    site: Site
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    calls: list[str] = field(default_factory=list)
    seen_resources: tuple[float, dict[int, Vm]] | None = None

    def answer(self, asked: Asked) -> Answer:
        """Answer a call."""
        line = f"{asked.verb} {asked.path}"
        self.calls.append(line)
        self.settle()
        fault = self.faults.take("before", line, digest="digest" in asked.values)
        if fault is not None and fault.kind == "cut-before":
            return CUT
        try:
            data = self._run(asked, fault)
        except RefusalError as refusal:
            return Answer(refusal.status, refusal.text, None, refusal.errors)
        finally:
            self.site.now = self.clock.now()
        return CUT if self.faults.take("after", line) else Answer(200, "OK", data)

    def settle(self) -> None:
        """Bring the site up to the present: ended tasks, the HA manager, the lagging view."""
        work.settle(self)
        lag = self.faults.seconds("resources-lag", RESOURCES_LAG_S)
        now = self.clock.now()
        if self.seen_resources is None or now - self.seen_resources[0] >= lag:
            self.seen_resources = now, {vmid: replace(vm, config=dict(vm.config)) for vmid, vm in self.site.vms.items()}

    def load(self, site: Site) -> None:
        """Replace the site; its time goes on where it stood."""
        self.site = site
        self.seen_resources = None
        if site.now is not None:
            self.clock.set(site.now)

    def _run(self, asked: Asked, fault: Fault | None) -> Any:
        method, names = self._find(asked)
        who = login.identify(self.site, method, asked.verb, asked.headers, self.clock.now())
        if fault is not None:
            self._meet(fault, asked, names)
        if "node" in names:
            self._reach(names["node"])
        values = schema.check(method.parameters, asked.values)
        known = {**values, **names}
        if method.path == "/access/users" and method.verb == "POST":
            known["realm"] = values["userid"].rpartition("@")[2]
        rights.check(self.site, who, method.rights, known)
        return handler(method.does)(Call(self, method, who, names, values, asked.upload))

    def _find(self, asked: Asked) -> tuple[Method, dict[str, str]]:
        for pattern, method in tables.methods():
            match = pattern.fullmatch(asked.path)
            if match and method.verb == asked.verb:
                return method, {name: unquote(value) for name, value in match.groupdict().items()}
        raise refuse("no-method", method=asked.verb, path=asked.path)

    def _meet(self, fault: Fault, asked: Asked, names: dict[str, str]) -> None:
        message = tables.fault_kinds()[fault.kind].message
        if message is not None:
            vmid = names.get("vmid", asked.values.get("vmid", "0"))
            raise refuse(message, node=names.get("node", ""), vmid=vmid, lock=fault.options.get("lock", "backup"))
        work.interfere(self, fault, asked.values, names)

    def _reach(self, node: str) -> None:
        if node not in self.site.nodes:
            raise refuse("host-unknown", node=node)
        if not self.site.nodes[node].online:
            raise refuse("host-offline")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may be carried out: who asks, for what, with which checked values."""

    engine: Engine
    method: Method
    who: str
    names: dict[str, str]
    values: dict[str, str]
    upload: bytes | None

    @property
    def site(self) -> Site:
        """Return the cluster."""
        return self.engine.site

    @property
    def node(self) -> str:
        """Return the host that the path names."""
        return self.names["node"]

    @property
    def vm(self) -> Vm:
        """Return the VM that the path names; refused if it is not on that host."""
        vmid = int(self.names["vmid"])
        vm = self.site.vms.get(vmid)
        if vm is None or vm.node != self.node:
            raise refuse("no-config", node=self.node, vmid=vmid)
        return vm

    def flag(self, name: str) -> bool:
        """Return whether a boolean parameter was given and is on."""
        return self.values.get(name) == "1"

    def task(self, kind: str, subject: object, job: dict[str, Any], log: list[str] | None = None) -> str:
        """Start a worker and return its UPID."""
        return work.start(self.engine, self.who, self.node, kind, str(subject), job, log or [])


Handler = Callable[[Call], Any]


def handler(name: str) -> Handler:
    """Return the function that carries out the calls of a `does` entry."""
    from .api import HANDLERS  # the handlers take a Call, so they come after it

    found: Handler = HANDLERS[name]
    return found


def unlocked(vm: Vm) -> Vm:
    """Return the VM unless it is locked."""
    if "lock" in vm.config:
        raise refuse("vm-locked", lock=vm.config["lock"])
    return vm


def volume_storage(volid: str) -> str:
    """Return the storage of a volume id."""
    return re.split(":", volid, maxsplit=1)[0]
