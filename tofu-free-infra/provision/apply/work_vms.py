"""Steps on Proxmox; each can be done again, and finds what an earlier run left."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from provision.plan.step import Kind, Step
from provision.proxmox import backup, firewall, ha, images, pools, power, replication, vms
from provision.proxmox.vm_changes import update
from provision.proxmox.vm_spec import VmSpec

from . import factory
from .ground import Turn

STOP_S = 180
Done = Callable[[Turn, Step], None]


class VmGone(Exception):
    """A VM that the plan saw is not there any more."""


def _spec(turn: Turn, step: Step) -> VmSpec:
    spec = turn.ground.wanted.specs[step.subject]
    return replace(spec, host=step.host) if step.host else spec


def where(turn: Turn, step: Step) -> str:
    """Return the host that a VM is on now: the HA manager may have moved it.

    Raises:
        VmGone: it is nowhere.
    """
    assert step.vm_id is not None
    hosts = turn.ground.seen.site.hosts.values() if turn.ground.seen else ()
    found = vms.find(turn.api, step.vm_id, hosts)
    if found is None:
        raise VmGone(f"VM {step.vm_id} ({step.subject}) is not there any more: plan again")
    return found


def _pool(turn: Turn, step: Step) -> None:
    wanted = turn.ground.wanted
    pools.ensure(turn.api, wanted.inventory.proxmox.pool, f"VMs of {wanted.environment}, by Chartroom")


def _remove_pool(turn: Turn, step: Step) -> None:
    pools.delete(turn.api, turn.ground.wanted.inventory.proxmox.pool)


def _schematic(turn: Turn, step: Step) -> None:
    factory.post(turn.ground.wanted, turn.ground.factory)


def _image(turn: Turn, step: Step) -> None:
    wanted = turn.ground.wanted
    image = next(i for m in wanted.virtual.values() if (i := wanted.image_of(m)).file == step.subject)
    for storage in step.storages:
        host, slash, _ = storage.partition("/")
        images.ensure(turn.api, host if slash else step.host or "", image)


def _seed(turn: Turn, step: Step) -> None:
    wanted = turn.ground.wanted
    images.ensure_seed(turn.api, step.host or "", wanted.image_storage, wanted.seeds[step.subject])


def _drop_file(turn: Turn, step: Step) -> None:
    kind = "iso" if step.subject.endswith(".iso") else "import"
    images.delete(turn.api, step.host or "", f"{turn.ground.wanted.image_storage}:{kind}/{step.subject}")


def _create(turn: Turn, step: Step) -> None:
    vms.create(turn.api, _spec(turn, step))


def _change(turn: Turn, step: Step) -> None:
    spec = _spec(turn, step)
    there = vms.read(turn.api, where(turn, step), spec.vm_id, with_firewall=False)
    vms.change(turn.api, there, update(spec, there))


def _migrate(turn: Turn, step: Step) -> None:
    assert step.vm_id is not None
    there = vms.read(turn.api, where(turn, step), step.vm_id, with_firewall=False)
    vms.migrate(turn.api, there, step.argument)


def _firewall(turn: Turn, step: Step) -> None:
    assert step.vm_id is not None
    host = where(turn, step)
    firewall.set_rules(turn.api, host, step.vm_id, turn.ground.wanted.firewalls[step.subject])
    firewall.set_options(turn.api, host, step.vm_id, firewall.CLOSED)


def _start(turn: Turn, step: Step) -> None:
    assert step.vm_id is not None
    power.start(turn.api, where(turn, step), step.vm_id)


def _restart(turn: Turn, step: Step) -> None:
    assert step.vm_id is not None
    host = where(turn, step)
    power.shutdown(turn.api, host, step.vm_id, timeout_s=STOP_S)
    power.start(turn.api, host, step.vm_id)


def _stop(turn: Turn, step: Step) -> None:
    assert step.vm_id is not None
    power.shutdown(turn.api, where(turn, step), step.vm_id, timeout_s=STOP_S)


def _delete(turn: Turn, step: Step) -> None:
    assert step.vm_id is not None
    vms.delete(turn.api, step.host or "", step.vm_id)


def _replicate(turn: Turn, step: Step) -> None:
    assert step.vm_id is not None
    machine = turn.ground.wanted.virtual[step.subject]
    schedule = step.details[0].desired or machine.replicate[step.argument]
    replication.ensure(turn.api, step.vm_id, step.argument, schedule)


def _unreplicate(turn: Turn, step: Step) -> None:
    replication.delete(turn.api, step.argument)


def _ha(turn: Turn, step: Step) -> None:
    ha.ensure_resource(turn.api, turn.ground.wanted.ha[step.subject])


def _un_ha(turn: Turn, step: Step) -> None:
    assert step.vm_id is not None
    ha.delete_resource(turn.api, step.vm_id)


def _ha_rule(turn: Turn, step: Step) -> None:
    ha.ensure_rule(turn.api, turn.ground.wanted.ha_rules[step.subject])


def _un_ha_rule(turn: Turn, step: Step) -> None:
    ha.delete_rule(turn.api, step.subject)


def _backup(turn: Turn, step: Step) -> None:
    backup.ensure(turn.api, turn.ground.wanted.backups[step.subject])


def _un_backup(turn: Turn, step: Step) -> None:
    backup.delete(turn.api, step.subject)


_BLOCKING: Mapping[Kind, Done] = {
    Kind.POOL: _pool,
    Kind.UN_POOL: _remove_pool,
    Kind.SCHEMATIC: _schematic,
    Kind.IMAGE: _image,
    Kind.SEED: _seed,
    Kind.DROP_FILE: _drop_file,
    Kind.VM_CREATE: _create,
    Kind.VM_CHANGE: _change,
    Kind.VM_MIGRATE: _migrate,
    Kind.VM_FIREWALL: _firewall,
    Kind.VM_START: _start,
    Kind.VM_RESTART: _restart,
    Kind.VM_STOP: _stop,
    Kind.VM_DELETE: _delete,
    Kind.REPLICATE: _replicate,
    Kind.UNREPLICATE: _unreplicate,
    Kind.HA: _ha,
    Kind.UN_HA: _un_ha,
    Kind.HA_RULE: _ha_rule,
    Kind.UN_HA_RULE: _un_ha_rule,
    Kind.BACKUP: _backup,
    Kind.UN_BACKUP: _un_backup,
}


def _in_thread(work: Done) -> Callable[[Turn, Step], Awaitable[None]]:
    async def carry_out(turn: Turn, step: Step) -> None:
        await asyncio.to_thread(work, turn, step)

    return carry_out


WORK: Mapping[Kind, Callable[[Turn, Step], Awaitable[None]]] = {
    kind: _in_thread(work) for kind, work in _BLOCKING.items()
}
