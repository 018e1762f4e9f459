"""Judge the machine configurations that an inventory leads to, before anything is asked or sent.

Talos would refuse them too, but one by one, and only when the machines are there.
"""

from datetime import UTC, datetime
from functools import cache

from generator.finding import Finding, sort_findings
from provision.machineconfig.generate import machine_documents
from provision.machineconfig.inputs import check_cluster, check_node
from provision.machineconfig.rules import check_documents
from provision.secrets.bundle import SecretsBundle, generate

from .wanted import Wanted


@cache
def _any_bundle() -> SecretsBundle:
    """Make keys of the right shape: which ones does not matter to any rule, and nobody ever sees them."""
    return generate(datetime.now(UTC))


def judge(wanted: Wanted) -> tuple[Finding, ...]:
    """Return what Talos would refuse of the cluster and of each node, at the place of the node."""
    cluster = wanted.cluster
    found = check_cluster(cluster, wanted.inventory.talos.place)
    for name, node in wanted.nodes.items():
        machine = wanted.inventory.nodes[name]
        faults = check_node(cluster, node, machine.place)
        if not faults:
            documents = machine_documents(cluster, node, _any_bundle())
            is_metal = machine.host is None
            faults = check_documents(documents, cluster.contract, subject=name, place=machine.place, metal=is_metal)
        found += faults
    return tuple(sort_findings(found))
