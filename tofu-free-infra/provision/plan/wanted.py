"""What shall be, in the words of Proxmox and Talos: the inventory translated, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from provision.inventory.model import Inventory, Machine, Node, Vm
from provision.machineconfig import model, schematic
from provision.proxmox.images import ImageSpec
from provision.proxmox.observed import BackupJob, FirewallRule, HaResource, HaRule
from provision.proxmox.rights import ALWAYS, Feature, Scope
from provision.proxmox.seed import Seed, SeedSpec, build
from provision.proxmox.validate import SiteWant, StorageWant
from provision.proxmox.vm_spec import VmSpec

from . import firewall_rules, machine_inputs, vm_specs


def talos_file(version: str, schematic_id: str) -> str:
    """Return what the disk image of a Talos version and schematic is called on a storage."""
    return f"talos-{version}-{schematic_id[:12]}.qcow2"


@dataclass(frozen=True)
class Wanted:
    """One environment as it shall be; everything is computed when it is first asked for.

    `tidy` asks for what is left over to be removed, which takes a right of its own.
    """

    inventory: Inventory
    tidy: bool = False

    @property
    def environment(self) -> str:
        """Return its name."""
        return self.inventory.environment

    @cached_property
    def cluster(self) -> model.Cluster:
        """Return what all nodes share."""
        return machine_inputs.cluster(self.inventory)

    @cached_property
    def nodes(self) -> Mapping[str, model.Node]:
        """Return the nodes as their machine configuration is made from them."""
        return {node.name: machine_inputs.node(self.inventory, node) for node in self.inventory.nodes.values()}

    @cached_property
    def virtual(self) -> Mapping[str, Machine]:
        """Return the machines that are VMs."""
        return {machine.name: machine for machine in self.inventory.machines if machine.host is not None}

    @cached_property
    def specs(self) -> Mapping[str, VmSpec]:
        """Return each VM as Proxmox shall have it."""
        return {
            name: vm_specs.spec(self.inventory, machine, self.image_of(machine).volume, self.seed_volume(name))
            for name, machine in self.virtual.items()
        }

    def image_of(self, machine: Machine) -> ImageSpec:
        """Return the image that a machine is made from."""
        if isinstance(machine, Vm):
            image = self.inventory.images[machine.image]
            return ImageSpec(image.url, self.image_storage, image.file, image.sha512)
        return self.talos_image

    @property
    def image_storage(self) -> str:
        """Return the storage of images and seeds."""
        return self.inventory.talos.image_storage

    @cached_property
    def schematic_id(self) -> str:
        """Return the id of the schematic."""
        return schematic.schematic_id(self.inventory.talos.schematic)

    @cached_property
    def talos_image(self) -> ImageSpec:
        """Return the disk image of the Talos version."""
        version = self.inventory.talos.version
        url = schematic.disk_image_url(self.schematic_id, version)
        return ImageSpec(url, self.image_storage, talos_file(version, self.schematic_id))

    @cached_property
    def seeds(self) -> Mapping[str, Seed]:
        """Return the seed ISO of each plain VM."""
        return {vm.name: build(self._seed_spec(vm)) for vm in self.inventory.vms.values()}

    def seed_volume(self, name: str) -> str | None:
        """Return the volume of a VM's seed, or None for a node."""
        seed = self.seeds.get(name)
        return f"{self.image_storage}:iso/{seed.file}" if seed else None

    def _seed_spec(self, vm: Vm) -> SeedSpec:
        network = self.inventory.site.networks[vm.network]
        return SeedSpec(
            host_name=vm.name,
            address=f"{vm.address}/{network.subnet.prefixlen}",
            gateway=str(network.router),
            mac=vm.mac,
            nameservers=(str(network.dns),),
            search_domain=self.inventory.site.zone,
            user=vm.user,
            ssh_keys=vm.ssh_keys,
            packages=vm.packages,
            files=vm.files,
        )

    @cached_property
    def firewalls(self) -> Mapping[str, tuple[FirewallRule, ...]]:
        """Return the rules of each plain VM."""
        return {vm.name: firewall_rules.rules(self.inventory, vm) for vm in self.inventory.vms.values()}

    @cached_property
    def ha(self) -> Mapping[str, HaResource]:
        """Return the HA resources by machine."""
        found = {}
        for name, machine in self.virtual.items():
            if machine.ha is not None and machine.vm_id is not None:
                ha = machine.ha
                found[name] = HaResource(
                    machine.vm_id, "started", ha.max_restart, ha.max_relocate, ha.failback, self._comment(name)
                )
        return found

    @cached_property
    def ha_rules(self) -> Mapping[str, HaRule]:
        """Return the HA rules."""
        ids = {name: machine.vm_id or 0 for name, machine in self.virtual.items()}
        return {
            rule.name: HaRule(
                rule.name,
                rule.type,
                frozenset(ids[vm] for vm in rule.vms),
                rule.nodes,
                rule.strict,
                rule.affinity,
            )
            for rule in self.inventory.ha_rules.values()
        }

    @cached_property
    def backups(self) -> Mapping[str, BackupJob]:
        """Return a backup job per tier that a VM has."""
        found = {}
        for tier, job in self.inventory.backup_jobs.items():
            ids = frozenset(vm.vm_id or 0 for vm in self.inventory.vms.values() if vm.tier == tier)
            if ids:
                prune = {key: str(count) for key, count in job.prune.items()}
                name = f"{self.environment}-{tier}"
                found[name] = BackupJob(name, job.storage, job.schedule, ids, prune, job.mode)
        return found

    def _comment(self, name: str) -> str:
        return f"{name} of {self.environment}, by Chartroom"

    @cached_property
    def features(self) -> frozenset[Feature]:
        """Return what of Proxmox this inventory uses."""
        machines = self.virtual.values()
        used = set(ALWAYS)
        rows = (
            (Feature.SEEDS, bool(self.inventory.vms)),
            (Feature.CLEANUP, self.tidy),
            (Feature.FIREWALL, bool(self.inventory.vms)),
            (Feature.ORDER, any(machine.order for machine in machines)),
            (Feature.BACKUP, bool(self.backups)),
            (Feature.HA, bool(self.ha)),
            (Feature.REPLICATION, any(machine.replicate for machine in machines)),
            (Feature.PCI, any(spec.pci for spec in self.specs.values())),
            (Feature.MIGRATION, bool(self.inventory.vms) and len(self.inventory.hosts) > 1),
        )
        return frozenset(used | {feature for feature, is_used in rows if is_used})

    @cached_property
    def scope(self) -> Scope:
        """Return what the token must be allowed."""
        hosts = frozenset(machine.host or "" for machine in self.virtual.values())
        targets = frozenset(target for machine in self.virtual.values() for target in machine.replicate)
        return Scope(
            pool=self.inventory.proxmox.pool,
            lock_pool=f"{self.environment}-lock",
            hosts=hosts | targets | frozenset(self.inventory.hosts),
            disk_storages=frozenset(d.storage for machine in self.virtual.values() for d in machine.disks.values()),
            image_storages=frozenset({self.image_storage}),
            bridges=frozenset((spec.nic.bridge, spec.nic.vlan) for spec in self.specs.values()),
            backup_storages=frozenset(job.storage for job in self.backups.values()),
            mappings=frozenset(name for spec in self.specs.values() for name in spec.pci),
            features=self.features,
        )

    @cached_property
    def site_want(self) -> SiteWant:
        """Return what the inventory says of hosts, storages, bridges and mappings."""
        content: dict[str, set[str]] = {self.image_storage: {"import"} | ({"iso"} if self.inventory.vms else set())}
        for machine in self.virtual.values():
            for disk in machine.disks.values():
                content.setdefault(disk.storage, set()).add("images")
        for job in self.backups.values():
            content.setdefault(job.storage, set()).add("backup")
        everywhere = frozenset(spec.host for spec in self.specs.values())
        storages = [self.inventory.storages[name] for name in sorted(content)]
        return SiteWant(
            hosts=everywhere,
            storages=tuple(
                StorageWant(s.name, s.kind, frozenset(content[s.name]), frozenset(s.hosts) & everywhere or everywhere)
                for s in storages
            ),
            bridges=frozenset((s.host, s.nic.bridge, s.nic.vlan is not None) for s in self.specs.values()),
            mappings=frozenset((s.host, name) for s in self.specs.values() for name in s.pci),
        )

    def node(self, name: str) -> Node | None:
        """Return a node of the inventory by name."""
        return self.inventory.nodes.get(name)
