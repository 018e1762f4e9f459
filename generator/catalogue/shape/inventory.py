"""The shapes of inventory/hosts.yaml and inventory/<env>.yaml (inventory-format)."""

from generator.catalogue.shape import kubernetes as k8s
from generator.catalogue.shape.build import (
    HOST,
    IPV4,
    LABEL,
    LABEL_HINT,
    Schema,
    anything,
    boolean,
    either,
    integer,
    listing,
    mapping,
    nullable,
    one_of,
    quantity,
    record,
    text,
    without_required,
)
from generator.catalogue.shape.fields import PORT, PORT_REF
from generator.catalogue.shape.service import DRAFT

_IP = text("", IPV4, "an IPv4 address")
_SECRET = either(
    "Where a secret lies: {env}, {file} or {store: OWNER/KEY}",
    record({"env": text("Variable")}, required=("env",)),
    record({"file": text("Path")}, required=("file",)),
    record({"store": text("OWNER/KEY")}, required=("store",)),
)
_MAC = text(
    "Locally administered, in quotes",
    r"^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$",
    'a MAC in quotes, such as "02:00:00:00:01:00"',
)
_DISK = record(
    {
        "size": quantity("Its size; grows, never shrinks"),
        "storage": text("A storage of the inventory"),
        "backup": text("Backup tier", r"^tier[1-4]$", "tier1 to tier4"),
    }
)
_ORDER = record(
    {"order": integer("", 1), "up": integer("Seconds"), "down": integer("Seconds")}, "Start order and delays"
)
_MACHINE: dict[str, Schema] = {
    "host": text("A host of hosts.yaml"),
    "vm_id": integer("Inside `vm_ids`", 100, 999999999),
    "mac": _MAC,
    "address": _IP,
    "network": text("Network; cluster unless stated"),
    "storage": text("Storage of its disks"),
    "cores": integer("", 1, 512),
    "memory": quantity("Memory; the balloon is off"),
    "disks": mapping(
        _DISK,
        "Disks by name; `system` first",
        r"^[a-z0-9-]{1,20}$",
        "at most 20 lower-case letters, digits and hyphens",
    ),
    "devices": mapping(integer("", 1), "Devices of the site"),
    "order": _ORDER,
    "ha": record(
        {"max_restart": integer(), "max_relocate": integer(), "failback": boolean()}, "A resource of Proxmox' HA"
    ),
    "replicate": mapping(text("Calendar event"), "Host to calendar event, ZFS only"),
    "protection": boolean("Proxmox refuses to remove it"),
    "tags": listing(text("", LABEL, LABEL_HINT)),
    "cpu": text("CPU type"),
    "machine": text("Machine type"),
    "scsihw": text("SCSI controller"),
}
_NODE = record(
    {
        **_MACHINE,
        "role": one_of("", "controlplane", "worker"),
        "reserved": record({"cpu": quantity(), "memory": quantity()}, "What the kubelet keeps back"),
        "labels": k8s.LABELS,
        "taints": listing(
            record(
                {
                    "key": text(),
                    "value": {"type": "string"},
                    "effect": one_of("", "NoSchedule", "PreferNoSchedule", "NoExecute"),
                },
                required=("key", "effect"),
            )
        ),
        "metal": record(
            {"disk": text("CEL expression that finds the disk")},
            "A machine that is there, instead of host and vm_id",
            required=("disk",),
        ),
    },
    "A Talos node",
)
_VM = record(
    {
        **_MACHINE,
        "image": text("An image of hosts.yaml"),
        "user": text("Login"),
        "ssh_keys": listing(text(), "Files with public keys"),
        "packages": listing(text(), "Debian packages"),
        "files": mapping(either("", {"type": "string"}, record({"source": text()}, required=("source",)))),
        "ports": mapping(PORT, "Ports by name"),
        "called_by": mapping(listing(PORT_REF), "Network, VM, node, host or address to ports"),
        "talks_to": record(
            {"internet": listing(text()), "lan": listing(text()), "services": listing(text())}, "Whom it calls"
        ),
    },
    "A plain virtual machine",
)
_CALENDAR = record(
    {
        "storage": text("A storage of kind pbs, or one that holds backups"),
        "schedule": text("Calendar event, not cron"),
        "prune-backups": mapping(
            integer("", 1), keys=r"^keep-(last|hourly|daily|weekly|monthly|yearly)$", hint="keep-hourly, keep-daily, …"
        ),
        "mode": one_of("snapshot unless stated", "snapshot", "suspend", "stop"),
    }
)
_PROXMOX = record(
    {
        "endpoints": listing(text("", r"^https://\S+$", "a URL that starts with https://"), "Tried in order", least=1),
        "tls": either(
            "How the certificate is known",
            record({"ca": text("A file")}, required=("ca",)),
            record({"fingerprint": text("SHA-256")}, required=("fingerprint",)),
        ),
        "parallel": record({"host": integer("", 1, 32), "storage": integer("", 1, 32)}, "How much at once"),
        "pool": text("Pool of every VM of the environment"),
        "token": record(
            {"id": text("user@realm!name", r"^[^@\s]+@[^!\s]+![^\s]+$", "`user@realm!name`"), "secret": _SECRET},
            required=("id", "secret"),
        ),
    }
)
_TALOS = record(
    {
        "name": text("Name of the cluster"),
        "version": text("", r"^v1\.[0-9]+\.[0-9]+$", "a version such as v1.13.9"),
        "contract": one_of("Frozen when the cluster was made", "1.13", "1.14"),
        "schematic": anything("Image Factory's document"),
        "image_storage": text("Storage that holds the image"),
        "encryption": mapping(one_of("", "nodeID"), "Partition to key"),
        "auditPolicy": anything("Kubernetes' audit policy"),
        "certSANs": listing(text("", HOST, "a host name")),
        "cni": one_of("Comes from Git", "none"),
        "workloadIsolation": boolean(),
    }
)
INVENTORY: dict[str, Schema] = {
    "proxmox": _PROXMOX,
    "hosts": mapping(
        record(
            {
                "address": _IP,
                "cores": integer("", 1),
                "memory": quantity(),
                "reserved": record({"memory": quantity()}),
                "bridges": mapping(record({"networks": listing(text()), "untagged": text()})),
                "pci": mapping(record({"mapping": text()}, required=("mapping",))),
            },
            required=("address", "cores", "memory"),
        ),
        "Proxmox hosts: read and checked, never configured",
        LABEL,
        LABEL_HINT,
    ),
    "storages": mapping(
        record(
            {
                "kind": one_of("", "zfs", "nfs", "pbs", "dir", "lvmthin"),
                "pool": text(),
                "server": text(),
                "export": text(),
                "datastore": text(),
                "size": quantity(),
                "hosts": listing(text()),
            },
            required=("kind",),
        ),
        "Storages of Proxmox",
        LABEL,
        LABEL_HINT,
    ),
    "images": mapping(
        record(
            {
                "url": text("", r"^https://\S+\.qcow2$", "a URL that ends .qcow2"),
                "sha512": text("", r"^[0-9a-f]{128}$", "128 hexadecimal digits"),
            },
            required=("url",),
        )
    ),
    "vm_ids": text("Range of VM ids", r"^[1-9][0-9]*-[1-9][0-9]*$", "a range such as 100-119"),
    "secrets": either(
        "Where the cluster's keys are kept",
        record({"file": text(), "identity": _SECRET}, required=("file", "identity")),
        record({"store": text()}, required=("store",)),
    ),
    "operators": listing(text(), "Networks or addresses that may reach Talos, the API server and SSH"),
    "talos": _TALOS,
    "kubernetes": record(
        {"version": text("", r"^1\.[0-9]+\.[0-9]+$", "a version such as 1.36.3")}, required=("version",)
    ),
    "defaults": record({"nodes": _NODE, "vms": _VM}),
    "nodes": mapping(_NODE, "Talos nodes by name", LABEL, LABEL_HINT),
    "vms": mapping(_VM, "Plain virtual machines by name", LABEL, LABEL_HINT),
    "ha_rules": mapping(
        record(
            {
                "type": one_of("", "node-affinity", "resource-affinity"),
                "vms": listing(text(), least=1),
                "nodes": mapping(integer()),
                "strict": boolean(),
                "affinity": one_of("", "positive", "negative"),
            },
            required=("type", "vms"),
        ),
        "Proxmox' rules with VM names",
    ),
    "backup_jobs": mapping(_CALENDAR, "One per tier that a VM has", r"^tier[1-3]$", "tier1 to tier3"),
}


def inventory_schema() -> Schema:
    """Either file of an inventory: the second is laid over the first, so nothing is required."""
    return {
        "$schema": DRAFT,
        "title": "Chartroom inventory",
        **nullable(without_required(record(INVENTORY, "Machines"))),
    }
