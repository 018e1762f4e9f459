"""A small model of a site: what each step does to what is seen, and what must never happen on the way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from provision.inventory import Inventory
from provision.inventory.model import Vm as InventoryVm
from provision.plan import configs
from provision.plan.seen import KubernetesNode, NodeSeen, Seen
from provision.plan.step import Kind, Plan, Step
from provision.plan.vms import spec_of
from provision.plan.wanted import Wanted
from provision.proxmox import properties
from provision.proxmox.firewall import CLOSED
from provision.proxmox.observed import (
    Bridge,
    Firewall,
    Host,
    Observed,
    PciMapping,
    Pool,
    ReplicationJob,
    Storage,
    Vm,
)
from provision.proxmox.vm_changes import Effect, changes, update
from provision.proxmox.vm_spec import VmSpec, drive, options
from provision.secrets.bundle import generate
from provision.talos.probe import Presence

BUNDLE = generate(datetime(2026, 1, 1, tzinfo=UTC))
_KINDS = {"zfs": ("zfspool", {"images"}), "nfs": ("nfs", {"iso", "import"}), "pbs": ("pbs", {"backup"})}


def empty(inventory: Inventory) -> Seen:
    """Return what is seen where nothing has been made yet."""
    hosts = {name: Host(name, online=True, cores=32, memory_mib=131072) for name in inventory.hosts}
    storages = tuple(
        Storage(s.name, host, _KINDS[s.kind][0], frozenset(_KINDS[s.kind][1]), s.shared, True, 2**50, 2**50)
        for s in inventory.storages.values()
        for host in (s.hosts or hosts)
    )
    bridges = tuple(Bridge(name, host.name, True) for host in inventory.hosts.values() for name in host.bridges)
    mapped: dict[str, set[str]] = {}
    for host in inventory.hosts.values():
        for name in host.pci.values():
            mapped.setdefault(name, set()).add(host.name)
    mappings = tuple(PciMapping(name, frozenset(names)) for name, names in mapped.items())
    return Seen(Observed(hosts, storages, bridges, mappings, cluster_firewall=True))


def _standing(*arguments: Any, **named: Any) -> str:
    return configs.text_of(configs.standing(*arguments, **named))


class Model:
    """A site that steps change; it asserts what must never happen."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    def carry_out(self, wanted: Wanted, plan: Plan, most: int | None = None) -> None:
        """Do the first steps of a plan, or all, each only after what it needs."""
        assert not plan.blockers, plan.blockers
        done: set[str] = set()
        for step in plan.steps[:most]:
            assert step.needs & plan.by_id.keys() <= done, step.id
            _EFFECTS[step.kind](self, wanted, step)
            done.add(step.id)

    # ── parts ────────────────────────────────────────────────────────────────
    def site(self, **fields: Any) -> None:
        self.seen = replace(self.seen, site=replace(self.seen.site, **fields))

    def put_vm(self, vm: Vm) -> None:
        self.site(vms={**self.seen.site.vms, vm.vm_id: vm})

    def vm(self, step: Step) -> Vm:
        assert step.vm_id is not None
        return self.seen.site.vms[step.vm_id]

    def put_node(self, node: NodeSeen) -> None:
        self.seen = replace(self.seen, nodes={**self.seen.nodes, node.name: node})

    def drop_node(self, name: str) -> None:
        self.seen = replace(self.seen, nodes={key: node for key, node in self.seen.nodes.items() if key != name})

    def cluster(self, **fields: Any) -> None:
        self.seen = replace(self.seen, cluster=replace(self.seen.cluster, **fields))

    def known(self, name: str, node: KubernetesNode) -> None:
        self.cluster(nodes={**self.seen.cluster.nodes, name: node})


Effect_ = Callable[[Model, Wanted, Step], None]


def _nothing(model: Model, wanted: Wanted, step: Step) -> None:
    """A step that leaves nothing to be seen."""


def _secrets(model: Model, wanted: Wanted, step: Step) -> None:
    assert model.seen.bundle is None
    model.seen = replace(model.seen, bundle=BUNDLE)


def _pool(model: Model, wanted: Wanted, step: Step) -> None:
    name = wanted.inventory.proxmox.pool
    model.site(pools={**model.seen.site.pools, name: Pool(name, "")})


def _un_pool(model: Model, wanted: Wanted, step: Step) -> None:
    assert not model.seen.ours(wanted.environment)
    model.site(pools={})


def _image(model: Model, wanted: Wanted, step: Step) -> None:
    image = next(i for m in wanted.virtual.values() if (i := wanted.image_of(m)).file == step.subject)
    hosts = [s.partition("/")[0] if "/" in s else "" for s in step.storages]
    model.seen = replace(model.seen, volumes=model.seen.volumes | {(host, image.volume) for host in hosts})


def _seed(model: Model, wanted: Wanted, step: Step) -> None:
    shared = wanted.inventory.storages[wanted.image_storage].shared
    volume = wanted.seed_volume(step.subject)
    assert volume is not None
    model.seen = replace(model.seen, volumes=model.seen.volumes | {("" if shared else step.host or "", volume)})


def _drop_file(model: Model, wanted: Wanted, step: Step) -> None:
    gone = {(host, volume) for host, volume in model.seen.volumes if volume.endswith(f"/{step.subject}")}
    gone = {(host, volume) for host, volume in gone if host == step.argument}
    assert gone
    used = [vm.name for vm in model.seen.site.vms.values() for _, volume in gone if volume in str(vm.options)]
    assert used == []
    model.seen = replace(model.seen, volumes=model.seen.volumes - gone)


def _create(model: Model, wanted: Wanted, step: Step) -> None:
    spec = wanted.specs[step.subject]
    assert spec.vm_id not in model.seen.site.vms, step.id
    assert spec.pool in model.seen.site.pools
    addresses = {vm.options.get("ipconfig0") for vm in model.seen.ours(wanted.environment).values()} - {None}
    if spec.cloud_init is not None:
        assert options(spec)["ipconfig0"] not in addresses, f"{step.id}: two machines of one address"
    machine = wanted.virtual[step.subject]
    volumes = {volume for _, volume in model.seen.volumes}
    assert wanted.image_of(machine).volume in volumes
    if isinstance(machine, InventoryVm):
        assert wanted.seed_volume(step.subject) in volumes
    model.put_vm(Vm(spec.vm_id, spec.host, False, _stored(spec), "digest"))


def _stored(spec: VmSpec) -> dict[str, str]:
    found = dict(options(spec))
    for disk in spec.disks:
        volume = f"{disk.storage}:vm-{spec.vm_id}-{disk.slot}"
        found[disk.slot] = properties.join({"file": volume, **drive(disk), "size": f"{disk.size_gib}G"}, "file")
    if spec.seed is not None:
        found["ide2"] = f"{spec.seed},media=cdrom"
    return found


def _change(model: Model, wanted: Wanted, step: Step) -> None:
    vm = model.vm(step)
    spec = replace(spec_of(wanted, model.seen, step.subject), host=vm.host)
    wanted_update = update(spec, vm)
    found = {key: value for key, value in vm.options.items() if key not in wanted_update.delete}
    for disk in spec.disks:
        if disk.slot in wanted_update.set:
            wanted_update.set[disk.slot] = _stored(spec)[disk.slot]
    found.update(wanted_update.set)
    sizes = {disk.serial: disk.size_gib for disk in spec.disks}
    for growth in wanted_update.grow:
        keys = properties.parse(found[growth.slot], "file")
        found[growth.slot] = properties.join({**keys, "size": f"{sizes[keys['serial']]}G"}, "file")
    waits = {change.what for change in changes(spec, vm) if change.effect is Effect.RESTART}
    model.put_vm(replace(vm, options=found, pending=frozenset(waits if vm.running else ())))


def _migrate(model: Model, wanted: Wanted, step: Step) -> None:
    model.put_vm(replace(model.vm(step), host=step.argument))


def _firewall(model: Model, wanted: Wanted, step: Step) -> None:
    model.put_vm(replace(model.vm(step), firewall=Firewall(dict(CLOSED), wanted.firewalls[step.subject])))


def _start(model: Model, wanted: Wanted, step: Step) -> None:
    vm = model.vm(step)
    assert not vm.running, step.id
    model.put_vm(replace(vm, running=True, pending=frozenset()))
    if step.subject in wanted.nodes and step.subject not in model.seen.nodes:
        address = str(wanted.inventory.nodes[step.subject].address)
        model.put_node(NodeSeen(step.subject, address, Presence.MAINTENANCE))


def _restart(model: Model, wanted: Wanted, step: Step) -> None:
    vm = model.vm(step)
    assert vm.running
    model.put_vm(replace(vm, pending=frozenset()))


def _stop(model: Model, wanted: Wanted, step: Step) -> None:
    model.put_vm(replace(model.vm(step), running=False))
    model.drop_node(step.subject)


def _delete(model: Model, wanted: Wanted, step: Step) -> None:
    vm = model.vm(step)
    assert not vm.running, step.id
    assert not vm.protected, step.id
    others = set(model.seen.cluster.members) - {step.subject}
    assert step.subject not in model.seen.cluster.members or not others, f"{step.id}: a member of etcd goes unasked"
    site = model.seen.site
    model.site(
        vms={vm_id: other for vm_id, other in site.vms.items() if vm_id != step.vm_id},
        ha_resources={vm_id: other for vm_id, other in site.ha_resources.items() if vm_id != step.vm_id},
        replication=tuple(job for job in site.replication if job.vm_id != step.vm_id),
    )


def _replicate(model: Model, wanted: Wanted, step: Step) -> None:
    assert step.vm_id in model.seen.site.vms
    event = wanted.virtual[step.subject].replicate[step.argument]
    job = ReplicationJob(f"{step.vm_id}-{step.argument}", step.vm_id or 0, step.argument, event)
    rest = tuple(other for other in model.seen.site.replication if other.id != job.id)
    model.site(replication=(*rest, job))


def _unreplicate(model: Model, wanted: Wanted, step: Step) -> None:
    model.site(replication=tuple(job for job in model.seen.site.replication if job.id != step.argument))


def _ha(model: Model, wanted: Wanted, step: Step) -> None:
    assert step.vm_id in model.seen.site.vms
    model.site(ha_resources={**model.seen.site.ha_resources, step.vm_id: wanted.ha[step.subject]})


def _un_ha(model: Model, wanted: Wanted, step: Step) -> None:
    model.site(ha_resources={k: v for k, v in model.seen.site.ha_resources.items() if k != step.vm_id})


def _ha_rule(model: Model, wanted: Wanted, step: Step) -> None:
    rule = wanted.ha_rules[step.subject]
    assert rule.vm_ids <= model.seen.site.ha_resources.keys(), "a rule needs its resources first"
    model.site(ha_rules={**model.seen.site.ha_rules, step.subject: rule})


def _un_ha_rule(model: Model, wanted: Wanted, step: Step) -> None:
    model.site(ha_rules={k: v for k, v in model.seen.site.ha_rules.items() if k != step.subject})


def _backup(model: Model, wanted: Wanted, step: Step) -> None:
    job = wanted.backups[step.subject]
    assert job.vm_ids <= model.seen.site.vms.keys()
    model.site(backup_jobs={**model.seen.site.backup_jobs, step.subject: job})


def _un_backup(model: Model, wanted: Wanted, step: Step) -> None:
    model.site(backup_jobs={k: v for k, v in model.seen.site.backup_jobs.items() if k != step.subject})


def _configure(model: Model, wanted: Wanted, step: Step) -> None:
    node = model.seen.nodes[step.subject]
    assert node.presence is Presence.MAINTENANCE, step.id
    assert model.seen.bundle is not None
    names = model.seen.cluster.members.keys() | model.seen.cluster.nodes.keys()
    assert step.subject not in names, f"{step.id}: an old node of that name is still remembered"
    text = configs.fresh(wanted, model.seen.bundle, step.subject)
    encrypted = {name: name in wanted.cluster.encryption for name in ("STATE", "EPHEMERAL")}
    model.put_node(
        NodeSeen(
            node.name,
            node.address,
            Presence.CONFIGURED,
            wanted.inventory.talos.version,
            text,
            has_etcd_data=False,
            encrypted=encrypted,
        )
    )


def _config(model: Model, wanted: Wanted, step: Step) -> None:
    node = model.seen.nodes[step.subject]
    assert model.seen.bundle is not None
    also = {name: model.seen.nodes[name].address for name in model.seen.cluster.members if name in model.seen.nodes}
    more = also if step.argument == "widen" else {}
    text = _standing(wanted, model.seen.bundle, step.subject, node, also=more)
    model.put_node(replace(node, config=text))


def _bootstrap(model: Model, wanted: Wanted, step: Step) -> None:
    assert not model.seen.cluster.members, "a cluster is made once"
    planes = [node.name for node in wanted.inventory.control_planes]
    assert all(model.seen.nodes[name].answers for name in planes)
    model.cluster(members={planes[0]: False})
    model.put_node(replace(model.seen.nodes[planes[0]], has_etcd_data=True))


def _ready(model: Model, wanted: Wanted, step: Step) -> None:
    assert model.seen.cluster.members
    model.cluster(api_ready=True)


def _join(model: Model, wanted: Wanted, step: Step) -> None:
    node = wanted.inventory.nodes[step.subject]
    assert model.seen.nodes[step.subject].answers
    assert model.seen.cluster.members
    if node.is_control_plane:
        model.cluster(members={**model.seen.cluster.members, step.subject: False})
        model.put_node(replace(model.seen.nodes[step.subject], has_etcd_data=True))
    model.known(step.subject, KubernetesNode(ready=True))


def _drain(model: Model, wanted: Wanted, step: Step) -> None:
    model.known(step.subject, KubernetesNode(ready=True, unschedulable=True, ours=True))


def _leave(model: Model, wanted: Wanted, step: Step) -> None:
    members = {name: learner for name, learner in model.seen.cluster.members.items() if name != step.subject}
    assert members, f"{step.id}: the last member leaves"
    model.cluster(members=members)
    if step.subject in model.seen.nodes:
        model.put_node(replace(model.seen.nodes[step.subject], has_etcd_data=False))


def _forget(model: Model, wanted: Wanted, step: Step) -> None:
    model.cluster(nodes={k: v for k, v in model.seen.cluster.nodes.items() if k != step.subject})


def _uncordon(model: Model, wanted: Wanted, step: Step) -> None:
    model.known(step.subject, KubernetesNode(ready=True))


def _talos(model: Model, wanted: Wanted, step: Step) -> None:
    node = replace(model.seen.nodes[step.subject], version=step.argument)
    assert model.seen.bundle is not None
    model.put_node(replace(node, config=_standing(wanted, model.seen.bundle, step.subject, node)))


def _images(model: Model, wanted: Wanted, step: Step) -> None:
    part = step.argument if step.kind is Kind.COMPONENT else "kubelet"
    node = model.seen.nodes[step.subject]
    assert model.seen.bundle is not None
    images = {part: configs.target_images(wanted, step.subject)[part]}
    model.put_node(replace(node, config=_standing(wanted, model.seen.bundle, step.subject, node, images)))


_EFFECTS: Mapping[Kind, Effect_] = {
    Kind.SECRETS: _secrets,
    Kind.POOL: _pool,
    Kind.UN_POOL: _un_pool,
    Kind.SCHEMATIC: _nothing,
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
    Kind.CONFIGURE: _configure,
    Kind.CONFIG: _config,
    Kind.BOOTSTRAP: _bootstrap,
    Kind.READY: _ready,
    Kind.JOIN: _join,
    Kind.DRAIN: _drain,
    Kind.LEAVE: _leave,
    Kind.FORGET: _forget,
    Kind.UNCORDON: _uncordon,
    Kind.TALOS_UPGRADE: _talos,
    Kind.COMPONENT: _images,
    Kind.KUBELET: _images,
    Kind.MANIFESTS: _nothing,
}
assert set(_EFFECTS) == set(Kind)
