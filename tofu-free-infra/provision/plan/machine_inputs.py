"""The inventory as the machine configuration is made from it."""

from collections.abc import Mapping
from dataclasses import replace

from provision.inventory.model import SYSTEM_DISK, Inventory
from provision.inventory.model import Node as InventoryNode
from provision.machineconfig import model, schematic

# What runs on the hosts' network and talks from node to node, so that Talos' firewall would cut it. Without memberlist
# every MetalLB speaker takes itself for the only one, and all of them announce an address (facts platform.md, ports).
# 4240 is how Cilium's agents see whether the others are well: our figure, no fact names it.
_BETWEEN_NODES = ("7946/tcp", "7946/udp", "4240/tcp")


def cluster(inventory: Inventory) -> model.Cluster:
    """Return what all nodes share."""
    site, talos = inventory.site, inventory.talos
    planes = inventory.control_planes
    network = site.networks[planes[0].network]
    image = schematic.installer_image(schematic.schematic_id(talos.schematic), talos.version)
    built = model.Cluster(
        name=talos.name,
        contract=model.Contract(talos.contract),
        talos_version=talos.version,
        kubernetes_version=inventory.kubernetes,
        endpoint_address=str(site.api),
        vip=str(site.api),
        control_planes={node.name: str(node.address) for node in planes},
        node_subnet=str(network.subnet),
        pod_subnets=(str(site.pods),),
        service_subnets=(str(site.services),),
        installer_image=image,
        dns_domain=site.cluster_domain,
        cert_sans=talos.cert_sans,
        encryption={name: model.EncryptionKey(kind) for name, kind in talos.encryption.items()},
        workload_isolation=talos.workload_isolation,
        operators=_operators(inventory),
        between_nodes=_BETWEEN_NODES,
    )
    return replace(built, audit_policy=talos.audit_policy) if talos.audit_policy else built


def _operators(inventory: Inventory) -> tuple[str, ...] | None:
    """Return who may reach Talos and the API server; None, and no firewall, where nobody is named."""
    if not inventory.operators:
        return None
    networks = inventory.site.networks
    return tuple(str(networks[name].subnet) if name in networks else f"{name}/32" for name in inventory.operators)


def node(inventory: Inventory, machine: InventoryNode) -> model.Node:
    """Return one node."""
    site = inventory.site
    network = site.networks[machine.network]
    reserved = None
    if machine.reserved_cpu is not None or machine.reserved_memory is not None:
        reserved = model.Reserved(machine.reserved_cpu, machine.reserved_memory)
    return model.Node(
        name=machine.name,
        role=model.Role(machine.role),
        mac=machine.mac,
        address=f"{machine.address}/{network.subnet.prefixlen}",
        gateway=str(network.router),
        nameservers=(str(network.dns),),
        search_domains=(site.zone,),
        install_disk=machine.install_disk,
        installer_image=_metal_installer(inventory) if machine.host is None else None,
        labels=machine.labels,
        taints={taint["key"]: _taint(taint) for taint in machine.taints},
        reserved=reserved,
        volumes=tuple(model.Volume(name) for name in machine.disks if name != SYSTEM_DISK),
    )


def _metal_installer(inventory: Inventory) -> str:
    talos = inventory.talos
    return schematic.installer_image(schematic.schematic_id(talos.schematic), talos.version, platform="metal")


def _taint(taint: Mapping[str, str]) -> str:
    return f"{taint['value']}:{taint['effect']}" if taint.get("value") else taint["effect"]
