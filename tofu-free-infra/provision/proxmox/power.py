"""Start and stop VMs, HA-managed ones included: those are only asked for, so the state is what counts.

Source: facts provisioning.md 1.2.
"""

from collections.abc import Callable
from typing import Any

from . import tasks
from .api import Api
from .errors import TaskError, WaitError
from .tasks import Work


def running(api: Api, host: str, vm_id: int) -> bool:
    """Return whether a VM runs."""
    row = api.get(f"nodes/{host}/qemu/{vm_id}/status/current", f"read the state of VM {vm_id} on {host}")
    return bool(row["status"] == "running")


def wait_until(api: Api, doing: str, state: str, reached: Callable[[], bool]) -> None:
    """Wait until `reached` says so.

    Raises:
        WaitError: it took longer than the pace allows.
    """
    start = api.pace.clock()
    while not reached():
        waited = api.pace.clock() - start
        if waited >= api.pace.state_s:
            raise WaitError(f"{doing}: not reached after {waited:.0f} s: {state}")
        api.watch.waiting(doing, state, waited)
        api.pace.sleep(api.pace.poll_s)


def start(api: Api, host: str, vm_id: int) -> None:
    """Start a VM; one that runs is left alone."""
    doing = f"start VM {vm_id} on {host}"
    if running(api, host, vm_id):
        return
    try:
        _switch(api, host, vm_id, "start", ("qmstart", "hastart"), doing)
    except TaskError as error:
        if "already running" not in error.exitstatus:
            raise
    wait_until(api, doing, f"VM {vm_id} running", lambda: running(api, host, vm_id))


def shutdown(api: Api, host: str, vm_id: int, *, timeout_s: int = 180, force: bool = True) -> None:
    """Ask the guest to shut down, and with `force` switch it off after the timeout; a stopped VM is left alone."""
    doing = f"shut down VM {vm_id} on {host}"
    if running(api, host, vm_id):
        fields = {"timeout": timeout_s, "forceStop": force}
        _switch(api, host, vm_id, "shutdown", ("qmshutdown", "hastop"), doing, fields)
        wait_until(api, doing, f"VM {vm_id} stopped", lambda: not running(api, host, vm_id))


def stop(api: Api, host: str, vm_id: int) -> None:
    """Switch a VM off, ending a shutdown that hangs; a stopped VM is left alone."""
    doing = f"stop VM {vm_id} on {host}"
    if not running(api, host, vm_id):
        return
    fields = {} if _managed(api, host, vm_id) else {"overrule-shutdown": True}
    _switch(api, host, vm_id, "stop", ("qmstop", "hastop"), doing, fields)
    wait_until(api, doing, f"VM {vm_id} stopped", lambda: not running(api, host, vm_id))


def power_cycle(api: Api, host: str, vm_id: int) -> None:
    """Switch a VM off and on again: the last resort for a node whose API does not answer."""
    stop(api, host, vm_id)
    start(api, host, vm_id)


def _managed(api: Api, host: str, vm_id: int) -> bool:
    row: dict[str, Any] = api.get(
        f"nodes/{host}/qemu/{vm_id}/status/current", f"read the state of VM {vm_id} on {host}"
    )
    return bool(row.get("ha", {}).get("managed"))


def _switch(
    api: Api,
    host: str,
    vm_id: int,
    action: str,
    types: tuple[str, ...],
    doing: str,
    fields: dict[str, Any] | None = None,
) -> None:
    path = f"nodes/{host}/qemu/{vm_id}/status/{action}"
    tasks.run(api, Work("post", path, host, str(vm_id), types, doing, fields or {}))
