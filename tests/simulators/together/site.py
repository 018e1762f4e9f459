"""Bring both simulators and the factory up in one loop, and let Proxmox' VMs be the Talos machines."""

import asyncio
import contextlib
import hashlib
import re
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from ..proxmox.running import RunningProxmox, prepare
from ..proxmox.state import Download, Task, Vm
from ..talos import Site as TalosSite
from ..talos import control
from ..talos.clock import Clock
from .sample import addresses, operator, proxmox_site

_STEP_S = 0.02
_FACTORY_IMAGE = re.compile(
    r"https://factory\.talos\.dev/image/(?P<id>[0-9a-f]{64})/(?P<version>v[0-9.]+)/nocloud-amd64\.qcow2"
)
_IMPORT = re.compile(r"import-from=[^,]*talos-(v[0-9.]+)-")
GIB = 2**30


class Downloads(dict[str, Download]):
    """What URLs deliver: any file, but of the Image Factory only images of schematics that were posted."""

    def __init__(self, posted: set[str]) -> None:
        super().__init__()
        self.posted = posted

    def get(self, url: str, default: Any = None) -> Any:
        """Return what a URL delivers."""
        found = _FACTORY_IMAGE.fullmatch(url)
        if found is not None and found["id"] not in self.posted:
            return default
        return Download(2 * GIB, hashlib.sha512(url.encode()).hexdigest())


@dataclass(slots=True)
class Together:
    """The whole site: both simulators, the factory, and what a client has to know."""

    proxmox: RunningProxmox
    talos: TalosSite
    posted: set[str]
    factory: str = ""
    control: str = ""
    _starts: dict[int, int] = field(default_factory=dict)
    _made: dict[str, str] = field(default_factory=dict)  # address → the task that made its VM

    @property
    def address_map(self) -> dict[str, str]:
        """Return site address → real address, for Proxmox, Talos and Kubernetes."""
        table = self.talos.ports.table()
        for node in self.proxmox.site.nodes.values():
            table[f"{node.address}:8006"] = f"127.0.0.1:{self.proxmox.port}"
        return table

    @property
    def facts(self) -> dict[str, Any]:
        """Return all that a client has to know, as plain data."""
        return {
            "map": self.address_map,
            "ca": str(self.proxmox.ca_file),
            "factory": self.factory,
            "proxmox_control": f"http://127.0.0.1:{self.proxmox.control_port}",
            "talos_control": self.control,
        }

    def settle(self) -> None:
        """Let every VM that is a Talos node be the machine that Proxmox says it is."""
        self.proxmox.engine.settle()
        there: dict[str, Vm] = {}
        for vm in self.proxmox.site.vms.values():
            address = _address(vm)
            if address is not None and vm.config.get("lock") != "create":
                there[address] = vm
        for address in [a for a, node in self.talos.nodes.items() if node.platform != "metal"]:
            if address not in there or self._made.get(address) != self._creation(there[address]).upid:
                self.talos.remove_node(address)
        for address, vm in there.items():
            self._follow(address, vm)

    def _follow(self, address: str, vm: Vm) -> None:
        machine = self.talos.nodes.get(address)
        if machine is None:
            made = self._creation(vm)
            found = _IMPORT.search(made.job["config"].get("scsi0", ""))
            version = found[1] if found is not None else "v1.13.9"
            machine = self.talos.add_node(vm.config.get("name", ""), address, version=version)
            self._made[address] = made.upid
            machine.system_uuid = vm.config.get("smbios1", "").removeprefix("uuid=")
            self._starts[vm.vmid] = 0
        if not vm.running:
            if machine.stage != "off":
                machine.power_off()
        elif vm.starts != self._starts.get(vm.vmid):
            machine.power_off()
            machine.power_on()
        self._starts[vm.vmid] = vm.starts if vm.running else 0

    def _creation(self, vm: Vm) -> Task:
        """Return the task that made a VM: it tells one VM from a later one with the same id, and its image."""
        tasks = reversed(self.proxmox.site.tasks.values())
        return next(task for task in tasks if task.type == "qmcreate" and task.id == str(vm.vmid))

    @property
    def settled(self) -> Any:
        """Return what lets whoever looks at Talos see what Proxmox has just done."""

        @web.middleware
        async def middleware(request: web.Request, handler: Any) -> web.StreamResponse:
            self.settle()
            response: web.StreamResponse = await handler(request)
            return response

        return middleware

    async def run(self) -> None:
        """Go on for ever."""
        while True:
            self.settle()
            await asyncio.sleep(_STEP_S)


def _address(vm: Vm) -> str | None:
    found = re.search(r"ip=([0-9.]+)/", vm.config.get("ipconfig0", ""))
    return found[1] if found else None


def _factory(together: Together) -> web.Application:
    async def post(request: web.Request) -> web.Response:
        name = hashlib.sha256(await request.read()).hexdigest()  # the client posts the canonical text
        together.posted.add(name)
        return web.json_response({"id": name}, status=201)

    app = web.Application()
    app.router.add_post("/schematics", post)
    return app


@contextlib.asynccontextmanager
async def build(
    values: Path, folder: Path, *, rate: float = 300.0, more: Sequence[str] = ()
) -> AsyncIterator[Together]:
    """Bring up the site of an inventory (the folder `values`), `rate` times as fast; certificates go into `folder`.

    `more` are addresses of nodes that the inventory does not have yet.
    """
    posted: set[str] = set()
    folder.mkdir(parents=True, exist_ok=True)
    cluster = proxmox_site(values)
    cluster.downloads = Downloads(posted)
    proxmox = prepare(cluster, folder, rate=rate)
    talos = TalosSite(clock=Clock(rate), operator=operator(values))
    for address in (*addresses(values), *more):
        talos.reserve(address)
    together = Together(proxmox, talos, posted)
    async with talos, contextlib.AsyncExitStack() as stack:
        runners = await proxmox.listen()
        together.factory = await _serve(_factory(together), runners)
        talos_control = control.build(talos)
        talos_control.middlewares.append(together.settled)
        together.control = await _serve(talos_control, runners)
        for runner in runners:
            stack.push_async_callback(runner.cleanup)
        task = asyncio.create_task(together.run())
        stack.callback(task.cancel)
        yield together


async def _serve(app: web.Application, runners: list[web.AppRunner]) -> str:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    await web.SockSite(runner, bound).start()
    runners.append(runner)
    return f"http://127.0.0.1:{bound.getsockname()[1]}"
