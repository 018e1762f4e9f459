"""Judge the machine configurations that an inventory leads to, before anything is asked or sent.

Talos would refuse them too, but one by one, and only when the machines are there.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from generator.finding import Finding, sort_findings
from provision.machineconfig.generate import machine_documents
from provision.machineconfig.inputs import check_cluster, check_node
from provision.machineconfig.rules import check_documents
from provision.machineconfig.schematic import SchematicError
from provision.secrets.bundle import SecretsBundle, generate

from . import firewall_rules
from .wanted import Wanted

# The field of `talos`, and the one of a node, at which a rule points; the whole otherwise.
_AT_TALOS = {
    "provision/version": "version",
    "provision/encryption": "encryption",
    "provision/workload-isolation": "workloadIsolation",
    "provision/audit-policy": "auditPolicy",
}
_AT_NODE = {
    "machineconfig/labels": "labels",
    "machineconfig/taints": "taints",
    "machineconfig/install": "metal",
    "provision/install-disk": "metal",
}


@cache
def _any_bundle() -> SecretsBundle:
    """Make keys of the right shape: which ones does not matter to any rule, and nobody ever sees them."""
    return generate(datetime.now(UTC))


def judge(wanted: Wanted) -> tuple[Finding, ...]:
    """Return what Talos, the factory or Proxmox would refuse of the cluster and of each machine, at its place."""
    talos = wanted.inventory.talos
    found = [*_calls(wanted)]
    try:
        cluster = wanted.cluster
    except SchematicError as error:
        place = talos.places.get("schematic", talos.place)
        found.append(Finding(place, "provision/schematic", str(error), "write it as the Image Factory does"))
        return tuple(sort_findings(found))
    found += [
        replace(fault, place=talos.places.get(_AT_TALOS.get(fault.rule, ""), talos.place))
        for fault in check_cluster(cluster, talos.place)
    ]
    for name, node in wanted.nodes.items():
        machine = wanted.inventory.nodes[name]
        faults = check_node(cluster, node, machine.place)
        if not faults:
            documents = machine_documents(cluster, node, _any_bundle())
            is_metal = machine.host is None
            faults = check_documents(documents, cluster.contract, subject=name, place=machine.place, metal=is_metal)
        found += [replace(fault, place=machine.at(_AT_NODE.get(fault.rule, ""))) for fault in faults]
    return tuple(sort_findings(found))


def _calls(wanted: Wanted) -> Iterator[Finding]:
    for vm in wanted.inventory.vms.values():
        for fault in firewall_rules.faults(wanted.inventory, vm):
            yield Finding(vm.at("talks_to"), "provision/talks-to", fault, "name what is called, a colon, and its port")
