"""The plan of an upgrade: Talos node by node, then Kubernetes part by part; control planes first.

Every step is derived from what runs, so an upgrade that broke off goes on where it stopped.
"""

from collections.abc import Iterator

from provision.machineconfig.support import refuses_kubernetes, refuses_kubernetes_upgrade, refuses_upgrade

from . import configs
from .seen import NodeSeen, Seen
from .step import Kind, Mark, Plan, Step, in_order
from .wanted import Wanted


def plan_upgrade(wanted: Wanted, seen: Seen) -> Plan:
    """Return the steps that bring Talos and Kubernetes to the versions of the inventory."""
    order = [*wanted.inventory.control_planes, *wanted.inventory.workers]
    nodes = [found for node in order if (found := seen.nodes.get(node.name)) is not None and found.answers]
    blockers = [*_silent([node.name for node in order], seen), *_refusals(wanted, nodes)]
    steps = [] if blockers else _chained([*_talos(wanted, seen, nodes), *_kubernetes(wanted, nodes)])
    return Plan(wanted.environment, in_order(steps), blockers=tuple(blockers), title="upgrade")


def _silent(order: list[str], seen: Seen) -> Iterator[str]:
    for name in order:
        found = seen.nodes.get(name)
        if found is None or not found.answers:
            state = found.presence.value if found else "not there"
            yield f"{name!r} is {state}: every node has to answer before one goes down"


def _refusals(wanted: Wanted, nodes: list[NodeSeen]) -> Iterator[str]:
    talos, kubernetes = wanted.inventory.talos.version, wanted.inventory.kubernetes
    texts = [refuses_upgrade(node.version, talos) for node in nodes if node.version and node.version != talos]
    for node in nodes:
        for part, image in _images(node).items():
            if part in configs.target_images(wanted, node.name):
                texts.append(refuses_kubernetes_upgrade(configs.version_of(image), kubernetes))
    texts.append(refuses_kubernetes(talos, kubernetes))
    yield from sorted({text for text in texts if text is not None})


def _images(node: NodeSeen) -> dict[str, str]:
    return configs.images_of(configs.read(node.config)) if node.config else {}


def _talos(wanted: Wanted, seen: Seen, nodes: list[NodeSeen]) -> Iterator[Step]:
    target = wanted.inventory.talos.version
    for node in nodes:
        vm_id = wanted.inventory.nodes[node.name].vm_id
        known = seen.cluster.nodes.get(node.name)
        if node.version != target:
            yield Step(Kind.TALOS_UPGRADE, node.name, Mark.RESTART, argument=target, vm_id=vm_id)
        elif known is not None and known.ours:
            yield Step(Kind.UNCORDON, node.name, Mark.CHANGE)


def _kubernetes(wanted: Wanted, nodes: list[NodeSeen]) -> list[Step]:
    steps = []
    for part in configs.COMPONENTS[:3]:
        steps += [
            Step(Kind.COMPONENT, node.name, Mark.CHANGE, argument=part)
            for node in nodes
            if _is_behind(wanted, node, part)
        ]
    steps += [
        Step(Kind.KUBELET, node.name, Mark.CHANGE, argument=wanted.inventory.kubernetes)
        for node in nodes
        if _is_behind(wanted, node, "kubelet")
    ]
    if steps:
        # Nothing on the nodes tells whether the manifests were applied, so they go before the last step that does:
        # as long as they may be missing, there is something left to do.
        steps.insert(len(steps) - 1, Step(Kind.MANIFESTS, "cluster", Mark.CHANGE))
    return steps


def _is_behind(wanted: Wanted, node: NodeSeen, part: str) -> bool:
    target = configs.target_images(wanted, node.name).get(part)
    return target is not None and _images(node).get(part) != target


def _chained(steps: list[Step]) -> list[Step]:
    """Let each step wait for the one before: one thing at a time goes down."""
    found: list[Step] = []
    for step in steps:
        needs = frozenset({found[-1].id}) if found else frozenset()
        found.append(
            Step(step.kind, step.subject, step.mark, needs, step.argument, step.vm_id, step.host, details=step.details)
        )
    return found
