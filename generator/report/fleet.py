"""What a report shows of resolved fleets: budgets in use, and every address, port and name that is held."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypedDict

from generator.catalogue.inventory import Node
from generator.fleet.model import Claim, Fleet, Need
from generator.report.model import BudgetUse, Connection, End, Holding, Meter, NodeUse

# Names of Kubernetes objects are claims too, but nobody looks them up in a report.
_SHOWN = {
    "address": "address",
    "load-balancer": "load-balancer address and port",
    "host-port": "port of the nodes",
    "node-port": "node port",
    "host": "host name",
    "route": "route",
    "network": "subnet",
    "vlan": "VLAN",
    "mac": "MAC address",
    "vm-id": "VM id",
    "api": "API server",
    "zone": "DNS zone",
    "valkey-database": "Valkey database",
}


class FleetParts(TypedDict):
    """Parts of a report, by the names of its fields."""

    budgets: tuple[BudgetUse, ...]
    nodes: tuple[NodeUse, ...]
    holdings: tuple[Holding, ...]


def facts_of_fleets(fleets: Mapping[str, Fleet]) -> FleetParts:
    """Return what the fleets say for themselves, in the order of the fleets."""
    return {
        "budgets": tuple(use for fleet in fleets.values() for use in _budgets(fleet)),
        "nodes": tuple(use for fleet in fleets.values() for use in _nodes(fleet)),
        "holdings": tuple(_holding(claim) for claim in _shown(fleets.values())),
    }


def _budgets(fleet: Fleet) -> Iterator[BudgetUse]:
    for domain in sorted({*fleet.needs, *fleet.budgets}):
        need, budget = fleet.needs.get(domain, Need()), fleet.budgets.get(domain)
        yield BudgetUse(
            fleet.environment.name,
            domain,
            cpu_m=Meter(need.cpu_m, budget.cpu_m if budget else None),
            memory_bytes=Meter(need.memory_bytes, budget.memory_bytes if budget else None),
            storage_bytes=Meter(need.storage_bytes, budget.storage_bytes if budget else None),
            memory_limit_bytes=Meter(need.memory_limit_bytes, budget.memory_limit_bytes if budget else None),
        )


def _nodes(fleet: Fleet) -> Iterator[NodeUse]:
    """All needs beside all workers, and beside those that stay when the largest is lost.

    Which pod lands on which worker is the scheduler's choice, so there is no line per worker.
    """
    nodes = fleet.inventory.nodes.values()
    workers = [node for node in nodes if node.role == "worker"] or list(nodes)
    cpu = sum(need.cpu_m for need in fleet.needs.values())
    memory = sum(need.memory_bytes for need in fleet.needs.values())

    def use(name: str, role: str, chosen: Sequence[Node]) -> NodeUse:
        return NodeUse(
            fleet.environment.name,
            name,
            role,
            Meter(cpu, sum(node.allocatable_cpu_m for node in chosen)),
            Meter(memory, sum(node.allocatable_memory_bytes for node in chosen)),
        )

    if workers:
        yield use("every worker", f"{len(workers)} of {len(nodes)} nodes", workers)
    if len(workers) > 1:
        lost = max(workers, key=lambda node: (node.allocatable_memory_bytes, node.allocatable_cpu_m))
        yield use(f"without {lost.name}", "the largest, lost", [node for node in workers if node is not lost])


def connections_of(
    fleet: Fleet,
    matrix: Mapping[str, Mapping[str, str]],
    wider: frozenset[tuple[str, str]] | None = None,
) -> tuple[Connection, ...]:
    """Return the connections of a matrix: source -> target -> ports, ends by the name of their service.

    `wider` are the pairs that nobody declares; None says that pairs were not compared.
    """

    def end(name: str) -> End:
        return End(name, fleet.services[name].domain if name in fleet.services else "")

    return tuple(
        Connection(
            fleet.environment.name,
            end(source),
            end(target),
            ports,
            declared=None if wider is None else (source, target) not in wider,
        )
        for source, targets in matrix.items()
        for target, ports in targets.items()
    )


def _shown(fleets: Iterable[Fleet]) -> list[Claim]:
    order = {kind: number for number, kind in enumerate(_SHOWN)}
    claims = [claim for fleet in fleets for claim in fleet.claims if claim.kind in order]
    return sorted(claims, key=lambda claim: (order[claim.kind], natural(claim.key), claim.environment, claim.holder))


def _holding(claim: Claim) -> Holding:
    details = ", ".join(f"{key} {value}" for key, value in claim.details.items() if key in ("name", "network", "port"))
    return Holding(claim.environment, _SHOWN[claim.kind], claim.key, claim.holder, claim.place, details)


def natural(key: str) -> tuple[tuple[int, str], ...]:
    """Order `10.0.9.1` before `10.0.10.1`: runs of digits count as numbers."""
    parts: list[tuple[int, str]] = []
    digits = ""
    for letter in key:
        if letter.isascii() and letter.isdigit():
            digits += letter
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, letter))
    return (*parts, (int(digits), "")) if digits else tuple(parts)
