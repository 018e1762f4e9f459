"""From the merged trees to an `Inventory`."""

from pathlib import Path
from typing import Any

from generator.source import Map, plain

from .build_machine import TIERS, build_node
from .build_site import build_site
from .build_vm import build_vm
from .calendar_event import is_calendar_event
from .layers import Layers
from .model import BackupJob, Bridge, HaRule, Host, Image, Inventory, Proxmox, SecretRef, Secrets, Storage, Talos
from .read import Notes, Record

_VERSION = r"v1\.[0-9]+\.[0-9]+"
_LEAST_VM_ID = 100  # what is below is Proxmox' own
_ENDPOINT = r"https://[A-Za-z0-9.-]+(:[0-9]+)?/?"
_FINGERPRINT = r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31}"
_POOL = r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,2}"
_HOST_NAME = r"[A-Za-z0-9*]([A-Za-z0-9.:-]*[A-Za-z0-9])?"
_KEEP = tuple(f"keep-{kind}" for kind in ("last", "hourly", "daily", "weekly", "monthly", "yearly"))
_REQUIRED = ("proxmox", "hosts", "storages", "vm_ids", "secrets", "operators", "talos", "kubernetes", "nodes")


def build(environment: str, layers: Layers, folder: Path, notes: Notes) -> Inventory | None:
    """Build the inventory of an environment; files that it names lie in `folder`. None where too much is missing."""
    record = Record(layers.machines, f"the inventory of {environment!r}", notes)
    site = build_site(layers.site, notes)
    if not record.need(*_REQUIRED):
        return None
    proxmox = _proxmox(record.record("proxmox", "'proxmox'"), folder)
    talos = _talos(record.record("talos", "'talos'"))
    kubernetes = record.record("kubernetes", "'kubernetes'")
    kubernetes.need("version")
    inventory = Inventory(
        environment=environment,
        site=site,
        proxmox=proxmox,
        secrets=_secrets(record.record("secrets", "'secrets'"), folder),
        operators=record.texts("operators"),
        vm_ids=_vm_ids(record),
        hosts=record.each("hosts", "host", _host),
        storages=record.each("storages", "storage", _storage),
        images=record.each("images", "image", _image),
        talos=talos,
        kubernetes=kubernetes.text("version", pattern=r"1\.[0-9]+\.[0-9]+", expected="a version such as 1.36.3"),
        nodes=record.each("nodes", "node", build_node),
        vms=record.each("vms", "VM", lambda name, vm: build_vm(name, vm, folder)),
        ha_rules=record.each("ha_rules", "HA rule", _ha_rule),
        backup_jobs=record.each("backup_jobs", "backup job", _backup_job),
        place=layers.machines.place,
        places={
            **record.places(),
            "kubernetes": kubernetes.place("version"),
            "token": record.record("proxmox").record("token").place("secret"),
        },
    )
    kubernetes.close()
    record.close("defaults")
    return inventory


def _secret(outer: Record, key: str, who: str) -> SecretRef:
    """Read where a secret lies; a text in its place may be the secret itself, and is not shown."""
    value = outer.raw(key)
    if value is not None and not isinstance(value, Map):
        message = f"{who} is written out, where it lies is expected"
        outer.notes.error(outer.place(key), "secret", message, "write {env}, {file} or {store}, and make it anew")
        return SecretRef("env", "")
    record = outer.record(key, who)
    found = [SecretRef(kind, record.text(kind)) for kind in ("env", "file", "store") if kind in record]
    if len(found) != 1:
        says = f"names {' and '.join(ref.kind for ref in found)}" if found else "says nothing"
        record.notes.error(record.tree.place, "secret", f"{who} {says}", "write {env}, {file} or {store}")
    for kind in ("env", "file", "store"):
        record.raw(kind)
    record.close()
    return found[0] if found else SecretRef("env", "")


def _proxmox(record: Record, folder: Path) -> Proxmox:
    record.need("endpoints", "tls", "token", "pool")
    tls, token, parallel = record.record("tls"), record.record("token"), record.record("parallel")
    token.need("id", "secret")
    ca = tls.text("ca")
    fingerprint = tls.text("fingerprint", "", _FINGERPRINT, "a SHA-256, 32 pairs such as AA:BB:…")
    if ("ca" in tls) == ("fingerprint" in tls) and isinstance(record.raw("tls"), Map):
        message = f"{record.who} has 'tls' with neither or both of 'ca' and 'fingerprint'"
        record.notes.error(record.place("tls"), "tls", message, "name one of them: the certificate is always checked")
    built = Proxmox(
        endpoints=record.texts("endpoints", _ENDPOINT, "https://HOST:8006"),
        ca=_certificate(folder, ca, tls) if ca else None,
        fingerprint=fingerprint or None,
        token_id=token.text("id", pattern=r"[^@\s]+@[^!\s]+!\S+", expected="`user@realm!name`"),
        token_secret=_secret(token, "secret", "'proxmox.token.secret'"),
        pool=record.text("pool", "", _POOL, "the name of a pool, of three levels by '/' at most"),
        parallel_host=parallel.number("host", 2, 1),
        parallel_storage=parallel.number("storage", 1, 1),
    )
    for part in (record, tls, token, parallel):
        part.close()
    return built


def _secrets(record: Record, folder: Path) -> Secrets:
    file, store = record.text("file"), record.text("store")
    identity = _secret(record, "identity", "'secrets.identity'") if file else None
    record.raw("identity")
    if bool(file) == bool(store):
        message = "'secrets' has neither or both of 'file' and 'store'"
        record.notes.error(record.tree.place, "secrets", message, "name one of them")
    record.close()
    return Secrets(folder / file if file else None, identity, store or None)


def _certificate(folder: Path, name: str, tls: Record) -> Path:
    if not (folder / name).is_file():
        message = f"{tls.who} names the file {name!r}, which is not there"
        tls.notes.error(tls.place("ca"), "file", message, f"put it at values/{folder.name}/{name}")
    return folder / name


def _vm_ids(record: Record) -> range:
    text = record.text("vm_ids", "0-0", r"[1-9][0-9]*-[1-9][0-9]*", "a range such as 100-119")
    first, last = (int(part) for part in text.split("-"))
    if first > last:
        record.wrong("vm_ids", "a range that ends after it begins")
    elif 0 < first < _LEAST_VM_ID:
        record.wrong("vm_ids", f"a range from {_LEAST_VM_ID} on")
    return range(min(first, last), max(first, last) + 1)


def _host(name: str, record: Record) -> Host | None:
    if not record.need("address", "cores", "memory"):
        return None
    host = Host(
        name=name,
        address=record.address("address"),
        cores=record.number("cores", 1, 1),
        memory_bytes=record.size("memory"),
        reserved_bytes=record.record("reserved").size("memory"),
        bridges=record.each("bridges", f"{record.who}: bridge", _bridge),
        pci=record.each("pci", f"{record.who}: device", lambda _, device: device.text("mapping") or None),
        place=record.tree.place,
    )
    record.close()
    return host


def _bridge(name: str, record: Record) -> Bridge:
    built = Bridge(name, record.texts("networks"), record.text("untagged") or None)
    record.close()
    return built


def _storage(name: str, record: Record) -> Storage | None:
    if not record.need("kind"):
        return None
    kind = record.choice("kind", ("zfs", "nfs", "pbs", "dir", "lvmthin"), "dir")
    built = Storage(name, kind, record.size("size") or None, record.texts("hosts"), record.tree.place)
    record.close("pool", "server", "export", "datastore")
    return built


def _image(name: str, record: Record) -> Image | None:
    if not record.need("url"):
        return None
    url = record.text("url", pattern=r"https://\S+\.qcow2", expected="a URL https://… that ends in .qcow2")
    sha512 = record.text("sha512", pattern="[0-9a-f]{128}", expected="128 hexadecimal digits") or None
    record.close()
    return Image(name, url, sha512, record.tree.place)


def _talos(record: Record) -> Talos:
    record.need("name", "version", "contract", "schematic", "image_storage")
    policy, schematic = plain(record.raw("auditPolicy")), plain(record.raw("schematic"))
    built = Talos(
        name=record.text("name"),
        version=record.text("version", pattern=_VERSION, expected="a version such as v1.13.9"),
        contract=record.choice("contract", ("1.13", "1.14"), "1.13"),
        schematic=_object(schematic),
        image_storage=record.text("image_storage"),
        encryption=_encryption(record),
        audit_policy=_object(policy) or None,
        cert_sans=record.texts("certSANs", _HOST_NAME, "a host name or an address"),
        workload_isolation=record.flag("workloadIsolation") if "workloadIsolation" in record else None,
        place=record.tree.place,
        places=record.places(),
    )
    if record.text("cni", "none") != "none":
        record.wrong("cni", "none")
    record.close("workloadIsolation")
    return built


def _encryption(record: Record) -> dict[str, str]:
    if record.raw("encryption") is None:
        return {}
    volumes = record.record("encryption")
    found = {name: volumes.choice(name, ("nodeID",)) for name, key in volumes.tree.items() if key is not None}
    return {name: key for name, key in found.items() if key}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _ha_rule(name: str, record: Record) -> HaRule | None:
    if not record.need("type", "vms"):
        return None
    built = HaRule(
        name=name,
        type=record.choice("type", ("node-affinity", "resource-affinity"), "node-affinity"),
        vms=record.texts("vms"),
        nodes=record.mapping("nodes", int, "a priority"),
        strict=record.flag("strict"),
        affinity=record.choice("affinity", ("positive", "negative")) or None,
        place=record.tree.place,
    )
    record.close()
    return built


def _backup_job(tier: str, record: Record) -> BackupJob | None:
    if tier not in TIERS[:3]:
        record.notes.error(record.tree.place, "tier", f"{record.who} is of no tier", "call it tier1, tier2 or tier3")
        return None
    if not record.need("storage", "schedule"):
        return None
    if not is_calendar_event(record.text("schedule", "*:00")):
        record.wrong("schedule", 'a calendar event such as "*:00" (cron is another language)')
    keep = record.record("prune-backups")
    for name in _KEEP:
        keep.raw(name)
    keep.close()
    built = BackupJob(
        tier=tier,
        storage=record.text("storage"),
        schedule=record.text("schedule"),
        prune=record.mapping("prune-backups", int, "a number"),
        mode=record.choice("mode", ("snapshot", "suspend", "stop"), "snapshot"),
        place=record.tree.place,
    )
    record.close()
    return built
