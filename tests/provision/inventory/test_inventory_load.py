"""What the shipped inventories say, and that the generator understands them the same."""

from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.catalogue import inventory as theirs
from generator.catalogue.build_inventory import build_inventory, merge_inventory
from generator.catalogue.read import Notes
from generator.source import read_file
from provision.inventory import Inventory, environments, load
from provision.inventory.read import size_of
from tests.provision.inventory.both_ends import at_end
from tests.provision.inventory.inventory_files import ROOT, copied, edited, loaded


def understood_by_the_generator(root: Path, environment: str) -> theirs.Inventory:
    hosts = read_file(root, "values/inventory/hosts.yaml").tree
    own = read_file(root, f"values/inventory/{environment}.yaml").tree
    notes = Notes()
    return build_inventory(environment, merge_inventory(hosts, own).tree, notes)


def compare(ours: Inventory, other: theirs.Inventory) -> None:
    """Compare everything that both readers know."""
    assert other.vm_ids == (ours.vm_ids.start, ours.vm_ids.stop - 1)
    assert other.talos_version == ours.talos.version
    assert other.kubernetes_version == ours.kubernetes
    assert set(other.hosts) == set(ours.hosts)
    for name, host in ours.hosts.items():
        their_host = other.hosts[name]
        for field in ("address", "cores", "memory_bytes", "reserved_bytes"):
            assert getattr(host, field) == getattr(their_host, field), (name, field)
        assert {bridge.name: bridge.networks for bridge in host.bridges.values()} == their_host.bridges
        assert host.pci == their_host.pci
    assert {s.name: (s.kind, s.size_bytes, s.hosts, s.shared) for s in ours.storages.values()} == {
        s.name: (s.kind, s.size_bytes, s.hosts, s.shared) for s in other.storages.values()
    }
    assert list(other.nodes) == list(ours.nodes)
    assert list(other.vms) == list(ours.vms)
    for machine, their_machine in zip(ours.machines, other.machines, strict=True):
        for field in ("name", "host", "vm_id", "mac", "address", "network", "cores", "memory_bytes", "devices"):
            assert getattr(machine, field) == getattr(their_machine, field), (machine.name, field)
        disks = {d.name: (d.size_bytes, d.storage, d.tier) for d in machine.disks.values()}
        assert disks == {d.name: (d.size_bytes, d.storage, d.tier) for d in their_machine.disks.values()}
        order = (machine.order.order, machine.order.up_s, machine.order.down_s) if machine.order else (None,) * 3
        assert order == (their_machine.order, their_machine.up_s, their_machine.down_s)
    for name, node in ours.nodes.items():
        their_node = other.nodes[name]
        assert (node.role, node.labels) == (their_node.role, their_node.labels)
        assert (size_of(node.reserved_memory or "0")) == their_node.reserved_memory_bytes
        assert [dict(taint) for taint in node.taints] == list(their_node.taints)
    for name, vm in ours.vms.items():
        their_vm = other.vms[name]
        assert {port: (p.number, p.protocol.upper()) for port, p in vm.ports.items()} == {
            port: (number, protocol.upper()) for port, (number, protocol) in their_vm.ports.items()
        }
        assert (vm.called_by, vm.talks_to, vm.tags) == (their_vm.called_by, their_vm.talks_to, their_vm.tags)
    assert set(other.backup_jobs) == set(ours.backup_jobs)


@pytest.mark.parametrize("environment", environments(ROOT))
def test_both_readers_understand_the_same(environment: str) -> None:
    compare(loaded(ROOT, environment), understood_by_the_generator(ROOT, environment))


@pytest.mark.parametrize(("end", "planes", "workers"), [("one-host", 1, 1), ("ten-hosts", 3, 10)])
def test_both_readers_understand_both_ends(end: str, planes: int, workers: int, tmp_path: Path) -> None:
    root = at_end(tmp_path, end)
    found = loaded(root, "dev")
    assert (len(found.control_planes), len(found.workers)) == (planes, workers)
    compare(found, understood_by_the_generator(root, "dev"))


NODE = (
    "talos-{n}: {{role: {role}, host: pve-{host}, vm_id: {id}, mac: '02:00:00:00:09:{n:02x}', address: 10.0.10.{a}, "
    "cores: {cores}, memory: {memory}Gi, reserved: {{cpu: {cpu}m, memory: 1Gi}}, disks: {{system: {{size: {system}Gi}}"
    "{longhorn}}}{labels}}}"
)


@st.composite
def generated_nodes(draw: st.DrawFn) -> str:
    """Write the nodes of an inventory, from one control plane and one worker to three and ten."""
    planes = draw(st.sampled_from([1, 3]))
    count = planes + draw(st.integers(1, 10))
    lines = []
    for n in range(count):
        longhorn = draw(st.sampled_from(["", ", longhorn: {size: 100Gi}", ", longhorn: {size: 200Gi, storage: fast}"]))
        lines.append(
            NODE.format(
                n=n + 1,
                role="controlplane" if n < planes else "worker",
                host=n % 3 + 1,
                id=100 + n if n < 10 else 104 + n,  # the plain VMs have those between
                a=40 + n,
                cores=draw(st.integers(4, 16)),
                memory=draw(st.sampled_from([6, 8])),  # five on the host of the GPU machine fit
                cpu=draw(st.integers(100, 900)),
                system=draw(st.integers(20, 100)),
                longhorn=longhorn,
                labels=draw(st.sampled_from(["", ", labels: {zone: a}", ", taints: [{key: gpu, effect: NoSchedule}]"])),
            )
        )
    return "nodes:\n" + "".join(f"  {line}\n" for line in lines)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nodes=generated_nodes())
def test_both_readers_understand_the_same_of_generated_inventories(
    nodes: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = copied(tmp_path_factory.mktemp("site") / "root")
    for name in ("dev", "staging"):
        (root / f"values/inventory/{name}.yaml").unlink()
    file = root / "values/inventory/prod.yaml"
    text = file.read_text()
    start, end = text.index("\nnodes:\n") + 1, text.index("\nvms:")
    file.write_text(text[:start] + nodes + text[end:])
    found = load(root, "prod")
    assert found.inventory is not None, found.findings
    compare(found.inventory, understood_by_the_generator(root, "prod"))


def test_prod_is_read_whole() -> None:
    prod = loaded(ROOT)
    assert [node.name for node in prod.control_planes] == ["talos-1", "talos-2", "talos-3"]
    assert [node.name for node in prod.workers] == ["talos-4", "talos-5", "talos-6", "talos-7"]
    assert list(prod.vms) == ["ollama-vm", "postgres-vm", "pbs", "sandbox"]
    assert prod.nodes["talos-4"].memory_mib == 32768
    assert sum(disk.size_gib for disk in prod.nodes["talos-4"].disks.values()) == 1024
    assert prod.vms["postgres-vm"].tier == "tier1"
    assert prod.vms["pbs"].tier == "tier4"
    assert prod.vms["sandbox"].ssh_keys[0].startswith("ssh-")
    assert str(prod.proxmox.token_secret) == "env PVE_TOKEN_SECRET"
    assert prod.site.networks["cluster"].dns == IPv4Address("10.0.10.1")
    assert prod.address_of("nas") == IPv4Address("10.0.10.5")
    assert prod.address_of("talos-1") == IPv4Address("10.0.10.11")
    assert prod.address_of("nobody") is None


def test_environment_without_files_says_so(tmp_path: Path) -> None:
    found = load(copied(tmp_path), "test")
    assert found.inventory is None
    assert [finding.message for finding in found.findings if finding.rule == "source/unreadable"] == [
        "'values/environments/test.yaml' cannot be read: No such file or directory",
        "'values/inventory/test.yaml' cannot be read: No such file or directory",
    ]


def test_metal_node_needs_no_host(tmp_path: Path) -> None:
    line = "talos-7: {role: worker, host: pve-1, vm_id: 106,"
    metal = "talos-7: {role: worker, metal: {disk: 'disk.serial == \"x\"'},"
    node = loaded(edited(tmp_path, ("inventory/prod.yaml", line, metal))).nodes["talos-7"]
    assert (node.host, node.vm_id, node.install_disk) == (None, None, 'disk.serial == "x"')


def test_vm_takes_files_and_long_ports(tmp_path: Path) -> None:
    old = "tags: [throwaway],"
    new = old + " files: {/etc/motd: hello, /etc/key: {source: files/ops.pub}},"
    ports = ("inventory/prod.yaml", "ports: {ssh: 22}, called_by: {lan: [ssh]}, talks_to: {internet: [\"*:443\", ",
             "ports: {ssh: {port: 22}, dns: {port: 53, protocol: UDP}}, called_by: {lan: [ssh]}, talks_to: {internet: "
             "[\"*:443\", ")  # fmt: skip
    vm = loaded(edited(tmp_path, ("inventory/prod.yaml", old, new), ports)).vms["sandbox"]
    assert vm.files["/etc/motd"] == "hello"
    assert vm.files["/etc/key"].startswith("ssh-")
    assert (vm.ports["dns"].number, vm.ports["dns"].protocol) == (53, "udp")
    assert replace(vm, disks={}).tier == "tier4"
