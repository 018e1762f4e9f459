"""Which function does which kind of step."""

from collections.abc import Awaitable, Callable, Mapping

from provision.plan.step import Kind, Step
from provision.proxmox import Watch

from . import work_leaving, work_nodes, work_upgrades, work_vms
from .ground import Ground, Turn

_TABLE: Mapping[Kind, Callable[[Turn, Step], Awaitable[None]]] = {
    **work_vms.WORK,
    **work_nodes.WORK,
    **work_leaving.WORK,
    **work_upgrades.WORK,
}


def worker(ground: Ground) -> Callable[[Step, Watch], Awaitable[None]]:
    """Return what does a step on this ground."""

    async def work(step: Step, watch: Watch) -> None:
        turn = Turn(ground, watch)
        if step.kind is Kind.VM_RESTART and step.subject in ground.wanted.nodes:
            await work_nodes.restart(turn, step, work_vms.WORK[Kind.VM_RESTART])
        else:
            await _TABLE[step.kind](turn, step)

    return work
