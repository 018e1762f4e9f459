"""What needs no server: property strings, specs, changes, the gate, seeds."""

import io
import threading
from pathlib import Path

import pycdlib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.proxmox import Api, Gate, images, properties, seed
from provision.proxmox.errors import AnswerLostError, ProxmoxError
from provision.proxmox.observed import GIB, Vm, is_drive
from provision.proxmox.pace import Pace, Silent
from provision.proxmox.seed import SeedSpec
from provision.proxmox.tasks import parse_upid
from provision.proxmox.vm_changes import Change, Effect, Growth, changes, update
from provision.proxmox.vm_spec import DiskSpec, NicSpec, VmSpec, creation, options
from tests.provision.proxmox.site import sha512, talos_spec
from tests.simulators.proxmox import RunningProxmox

WORDS = st.text("abcdefghij0123456789-", min_size=1, max_size=8)


@given(st.dictionaries(WORDS, WORDS, min_size=1))
def test_property_strings_round_trip(values: dict[str, str]) -> None:
    assert properties.parse(properties.join(values)) == values


def test_property_strings_have_a_leading_value() -> None:
    text = properties.join({"file": "fast:0", "ssd": True, "backup": 0, "iothread": None}, "file")
    assert text == "fast:0,ssd=1,backup=0"
    assert properties.parse(text, "file") == {"file": "fast:0", "ssd": "1", "backup": "0"}


def test_property_maps_are_compared_by_meaning() -> None:
    one = properties.parse("virtio=02:aa:00:00:00:01,firewall=yes,link_down=off")
    other = properties.parse("link_down=0,virtio=02:AA:00:00:00:01,firewall=1")
    assert properties.same(one, other)
    assert not properties.same(one, properties.parse("virtio=02:AA:00:00:00:01"))


@pytest.mark.parametrize(("text", "size"), [("4M", 4 * 2**20), ("1.5G", 3 * 2**29), ("2T", 2**41), ("17", 17)])
def test_sizes_are_read(text: str, size: int) -> None:
    assert properties.size_bytes(text) == size


def test_a_size_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^'10 GB' is not a size such as 100G$"):
        properties.size_bytes("10 GB")


@pytest.mark.parametrize(
    ("option", "drive"), [("scsi0", True), ("efidisk0", True), ("scsihw", False), ("net0", False), ("ide", False)]
)
def test_drives_are_known_by_their_names(option: str, drive: bool) -> None:
    assert is_drive(option) is drive


def test_creation_has_every_parameter() -> None:
    spec = talos_spec(protection=True, pci=("gpu-ollama",), agent=False)
    made = creation(spec)
    assert made == {
        "vmid": "100",
        "pool": "prod",
        **options(spec),
        "efidisk0": "fast:0,efitype=4m,pre-enrolled-keys=0",
        "scsi0": "fast:0,import-from=images:import/talos.qcow2,discard=on,ssd=1,serial=system,backup=0",
        "scsi1": "fast:200,discard=on,ssd=1,serial=longhorn,backup=0",
        "ide2": "fast:cloudinit",
    }
    assert options(spec) == {
        "name": "talos-1",
        "ostype": "l26",
        "bios": "ovmf",
        "machine": "q35",
        "scsihw": "virtio-scsi-pci",
        "cpu": "x86-64-v2-AES",
        "sockets": "1",
        "cores": "4",
        "memory": "8192",
        "balloon": "0",
        "net0": "virtio=02:00:00:00:01:00,bridge=vmbr0,tag=10",
        "serial0": "socket",
        "vga": "std",
        "rng0": "source=/dev/urandom",
        "boot": "order=scsi0",
        "agent": "enabled=0",
        "onboot": "1",
        "smbios1": "uuid=5f0c7f6e-1b0a-4d4b-9a3c-000000000100",
        "tags": "chartroom;env-prod",
        "description": "talos-1 of prod, made by Chartroom",
        "protection": "1",
        "hostpci0": "mapping=gpu-ollama,pcie=1",
        "citype": "nocloud",
        "ipconfig0": "ip=10.0.10.11/24,gw=10.0.10.1",
        "nameserver": "10.0.10.1",
        "searchdomain": "home.example.net",
    }
    assert spec.storages == {"fast"}


def test_creation_of_a_plain_vm_attaches_its_seed() -> None:
    spec = talos_spec(cloud_init=None, seed="images:iso/seed.iso", tags=(), description="")
    made = creation(spec)
    assert made["ide2"] == "images:iso/seed.iso,media=cdrom"
    assert {"tags", "description", "citype"} & set(made) == set()
    assert "ide2" not in creation(talos_spec(cloud_init=None))


def test_a_nic_may_have_the_firewall_and_no_vlan() -> None:
    nic = NicSpec("02:00:00:00:01:0a", "vmbr0", firewall=True)
    assert options(talos_spec(nic=nic))["net0"] == "virtio=02:00:00:00:01:0A,bridge=vmbr0,firewall=1"


@pytest.mark.parametrize("name", ["", "x" * 21, "é" * 11])
def test_a_disk_name_fits_a_serial(name: str) -> None:
    with pytest.raises(ProxmoxError) as caught:
        DiskSpec("scsi0", "fast", 1, name)
    assert str(caught.value) == f"disk name '{name}' has {len(name.encode())} bytes, 1 to 20 are allowed"


def vm_of(spec: VmSpec, **other: str) -> Vm:
    """Return the VM that Proxmox would show for a spec, with what it adds by itself."""
    found = {key: value for key, value in creation(spec).items() if key not in ("vmid", "pool")}
    for number, disk in enumerate(spec.disks, start=1):
        keys = found[disk.slot].partition(",")[2]
        rest = ",".join(part for part in keys.split(",") if not part.startswith("import-from"))
        found[disk.slot] = f"{disk.storage}:vm-100-disk-{number},{rest},size={disk.size_gib}G"
    if found.get("ide2") == "fast:cloudinit":
        found["ide2"] = "fast:vm-100-cloudinit,media=cdrom,size=4M"
    found.update(meta="creation-qemu=10.1.2", vmgenid="x", efidisk0="fast:vm-100-disk-0,efitype=4m,size=4M", **other)
    return Vm(spec.vm_id, spec.host, False, found, "d")


def test_a_vm_like_its_spec_has_no_changes() -> None:
    spec = talos_spec()
    vm = vm_of(spec, tags="env-prod;chartroom", protection="0", description="talos-1 of prod, made by Chartroom\n")
    assert changes(spec, vm) == ()
    assert not update(spec, vm)


def test_every_kind_of_change_is_told_with_its_effect() -> None:
    spec = talos_spec(
        host="pve-2",
        cores=8,
        seed="images:iso/new.iso",
        cloud_init=None,
        disks=(
            DiskSpec("scsi0", "slow", 120, "system", image="x"),
            DiskSpec("scsi1", "fast", 100, "longhorn", backup=False),
            DiskSpec("scsi2", "fast", 10, "extra"),
            DiskSpec("scsi3", "fast", 10, "other-system", image="x"),
        ),
    )
    old = talos_spec(protection=True, disks=(*talos_spec().disks, DiskSpec("scsi5", "fast", 7, "gone")))
    vm = vm_of(old, net1="virtio=02:00:00:00:01:99,bridge=vmbr0")
    assert changes(spec, vm) == (
        Change("host", "pve-1", "pve-2", Effect.MIGRATE),
        Change("citype", "nocloud", None, Effect.RESTART),
        Change("cores", "4", "8", Effect.RESTART),
        Change("ipconfig0", "ip=10.0.10.11/24,gw=10.0.10.1", None, Effect.RESTART),
        Change("nameserver", "10.0.10.1", None, Effect.RESTART),
        Change("net1", "virtio=02:00:00:00:01:99,bridge=vmbr0", None, Effect.RESTART),
        Change("protection", "1", None, Effect.LIVE),
        Change("searchdomain", "home.example.net", None, Effect.RESTART),
        Change("disk system storage", "fast", "slow", Effect.REPLACE),
        Change("disk system size", "100G", "120G", Effect.LIVE),
        Change(
            "disk system keys",
            "backup=0,discard=on,serial=system,ssd=1",
            "discard=on,serial=system,ssd=1",
            Effect.RESTART,
        ),
        Change("disk longhorn size", "200G", "100G", Effect.REFUSED),
        Change("disk extra", None, "10G on fast", Effect.LIVE),
        Change("disk other-system", None, "10G on fast", Effect.REPLACE),
        Change("disk gone", "7G on fast", None, Effect.DESTROY),
        Change("seed", "fast:vm-100-cloudinit", "images:iso/new.iso", Effect.REPLACE),
    )
    wanted = update(spec, vm)
    assert wanted.delete == ("citype", "ipconfig0", "nameserver", "net1", "protection", "searchdomain")
    assert wanted.grow == (Growth("scsi0", 120),)
    assert wanted.set == {
        "cores": "8",
        "scsi0": "fast:vm-100-disk-1,discard=on,ssd=1,serial=system",
        "scsi2": "fast:10,discard=on,ssd=1,serial=extra",
    }


def test_a_disk_without_a_serial_is_told_by_its_slot() -> None:
    vm = vm_of(talos_spec(), scsi7=f"fast:vm-100-disk-9,size={GIB}")
    assert changes(talos_spec(), vm)[-1] == Change("disk scsi7", "1G on fast", None, Effect.DESTROY)
    assert vm.disk("nothing") is None


def test_a_seed_that_is_new_is_for_the_replacement() -> None:
    spec = talos_spec(cloud_init=None, seed="images:iso/a.iso")
    vm = vm_of(spec)
    assert changes(spec, vm) == ()
    without = Vm(100, "pve-1", False, {key: text for key, text in vm.options.items() if key != "ide2"}, "d")
    assert changes(spec, without) == (Change("seed", None, "images:iso/a.iso", Effect.REPLACE),)


def test_the_gate_lets_so_many_through() -> None:
    gate, inside, most = Gate(host=2, storage=1), [0], [0]
    guard = threading.Lock()
    arrived = threading.Semaphore(0)
    leave = threading.Event()

    def work() -> None:
        with gate.enter("pve-1"):
            with guard:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            arrived.release()
            leave.wait(5)
            with guard:
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert arrived.acquire(timeout=5)
    assert arrived.acquire(timeout=5)
    assert not arrived.acquire(timeout=0.05)
    leave.set()
    for thread in threads:
        thread.join(5)
    assert most == [2]


def test_the_gate_takes_storages_without_a_host_and_in_any_order() -> None:
    gate, done = Gate(), []

    def work(*storages: str) -> None:
        for _ in range(50):
            with gate.enter(None, *storages):
                done.append(storages)

    threads = [threading.Thread(target=work, args=names) for names in (("a", "b"), ("b", "a"), ("a", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(done) == 150


SEED = SeedSpec(
    host_name="postgres",
    address="10.0.10.31/24",
    gateway="10.0.10.1",
    mac="02:00:00:00:01:0A",
    nameservers=("10.0.10.1",),
    search_domain="home.example.net",
    user="ops",
    ssh_keys=("ssh-ed25519 AAAA ops",),
    packages=("qemu-guest-agent", "postgresql"),
    files={"/etc/motd": "hello\n"},
)


def test_a_seed_has_the_three_files() -> None:
    import json

    texts = seed.texts(SEED)
    first, _, body = texts["user-data"].partition("\n")
    assert first == "#cloud-config"
    assert json.loads(body) == {
        "hostname": "postgres",
        "manage_etc_hosts": True,
        "package_update": True,
        "packages": ["qemu-guest-agent", "postgresql"],
        "runcmd": [["systemctl", "enable", "--now", "qemu-guest-agent"]],
        "ssh_pwauth": False,
        "users": [
            {
                "name": "ops",
                "groups": ["sudo"],
                "sudo": "ALL=(ALL) NOPASSWD:ALL",
                "shell": "/bin/bash",
                "lock_passwd": True,
                "ssh_authorized_keys": ["ssh-ed25519 AAAA ops"],
            }
        ],
        "write_files": [{"path": "/etc/motd", "content": "hello\n"}],
    }
    assert json.loads(texts["network-config"]) == {
        "version": 2,
        "ethernets": {
            "nic0": {
                "match": {"macaddress": "02:00:00:00:01:0a"},
                "addresses": ["10.0.10.31/24"],
                "routes": [{"to": "default", "via": "10.0.10.1"}],
                "nameservers": {"addresses": ["10.0.10.1"], "search": ["home.example.net"]},
            }
        },
    }
    meta = json.loads(texts["meta-data"])
    assert meta["local-hostname"] == "postgres"
    assert meta["instance-id"].startswith("postgres-")


def test_a_seed_of_the_least_has_no_empty_keys() -> None:
    from dataclasses import replace

    text = seed.texts(replace(SEED, packages=(), files={}, search_domain=None))
    assert [key for key in ("packages", "runcmd", "write_files") if key in text["user-data"]] == []
    assert "search" not in text["network-config"]
    assert text["meta-data"] != seed.texts(SEED)["meta-data"]


def test_a_seed_is_an_iso_labelled_cidata_and_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    made = seed.build(SEED)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    again = seed.build(SEED)
    monkeypatch.undo()
    time.tzset()
    assert made == again
    assert made.sha512 == sha512(made.content)
    assert made.file.startswith("seed-postgres-")
    iso = pycdlib.PyCdlib()
    iso.open_fp(io.BytesIO(made.content))
    assert iso.pvd.volume_identifier.rstrip() == b"cidata"
    for name, text in seed.texts(SEED).items():
        for way in ({"joliet_path": f"/{name}"}, {"rr_path": f"/{name}"}):
            out = io.BytesIO()
            iso.get_file_from_iso_fp(out, **way)
            assert out.getvalue().decode() == text
    iso.close()


def test_a_seed_is_uploaded_once(api: Api, proxmox: RunningProxmox, tmp_path: Path) -> None:
    made = seed.build(SEED)
    proxmox.fault("cut-before", match="POST .*/upload")
    volume = images.ensure_seed(api, "pve-1", "images", made)
    assert volume == f"images:iso/{made.file}"
    assert images.ensure_seed(api, "pve-2", "images", made) == volume
    assert [(found.volid, found.sha512) for found in proxmox.site.storages["images"].volumes] == [(volume, made.sha512)]


def test_a_seed_whose_upload_always_breaks_is_said(api: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("cut-before", match="POST .*/upload", times=None)
    with pytest.raises(AnswerLostError, match=r"^upload seed-postgres-[0-9a-f]{16}\.iso to images on pve-1: "):
        images.ensure_seed(api, "pve-1", "images", seed.build(SEED))


def test_a_upid_is_taken_apart() -> None:
    upid = parse_upid("UPID:pve-1:00001001:00010001:6A18A5B7:qmcreate:100:chartroom@pve!prod:")
    assert (upid.host, upid.started, upid.type, upid.subject, upid.user) == (
        "pve-1",
        0x6A18A5B7,
        "qmcreate",
        "100",
        "chartroom@pve!prod",
    )
    with pytest.raises(ProxmoxError, match=r"^'nonsense' is not the id of a task$"):
        parse_upid("nonsense")


def test_a_pace_has_its_limits_and_nobody_watches() -> None:
    assert Pace().limited(task_s=1).task_s == 1
    Silent().dispatched("upid", "doing")
    Silent().waiting("doing", "reason", 1.0)
