"""Single values that Proxmox, Debian or Talos would refuse, or take for something else: each is said, at its place."""

# ruff: noqa: E501  # a message stands in one piece, so that it can be searched for

from pathlib import Path

import pytest

from provision.inventory import load
from provision.inventory.calendar_event import is_calendar_event
from tests.provision.inventory.inventory_files import edited, messages

PROD, HOSTS = "inventory/prod.yaml", "inventory/hosts.yaml"
HOME = "  postgres-home: {type: node-affinity, vms: [postgres-vm], nodes: {pve-1: 2, pve-2: 1}, strict: true}"

CASES: dict[str, tuple[tuple[tuple[str, str, str], ...], list[str]]] = {
    "memory-without-unit": (
        ((PROD, "memory: 64Gi", "memory: 64"),),
        [
            "inventory/value: VM 'ollama-vm' has 'memory': 64, a quantity such as 100Gi is expected | write a quantity such as 100Gi",
        ],
    ),
    "disk-of-nothing": (
        ((PROD, "models: {size: 500Gi", "models: {size: 0Gi"),),
        [
            "inventory/value: VM 'ollama-vm': disk 'models' has 'size': '0Gi', a quantity such as 100Gi is expected | write a quantity such as 100Gi",
        ],
    ),
    "id-as-text": (
        ((PROD, "vm_id: 110", 'vm_id: "110"'),),
        [
            "inventory/value: VM 'ollama-vm' has 'vm_id': '110', a whole number from 1 is expected | write a whole number from 1",
        ],
    ),
    "ids-of-proxmox": (
        ((PROD, "vm_ids: 100-119", "vm_ids: 50-119"),),
        [
            "inventory/value: the inventory of 'prod' has 'vm_ids': '50-119', a range from 100 on is expected | write a range from 100 on",
        ],
    ),
    "kubernetes-minor": (
        ((PROD, "kubernetes: {version: 1.36.3}", 'kubernetes: {version: "1.36"}'),),
        [
            "inventory/value: 'kubernetes' has 'version': '1.36', a version such as 1.36.3 is expected | write a version such as 1.36.3",
        ],
    ),
    "encryption": (
        ((PROD, "EPHEMERAL: nodeID", "EPHEMERAL: tpm2"),),
        [
            "inventory/value: 'talos': 'encryption' has 'EPHEMERAL': 'tpm2', nodeID is expected | write nodeID",
        ],
    ),
    "endpoint": (
        ((HOSTS, '"https://10.0.10.21:8006"', '"http://10.0.10.21:8006"'),),
        [
            "inventory/value: 'proxmox' has in 'endpoints': 'http://10.0.10.21:8006', https://HOST:8006 is expected | write https://HOST:8006",
        ],
    ),
    "tls-off": (
        ((HOSTS, "tls: {ca: files/pve-root-ca.pem}", "tls: false"),),
        [
            "inventory/value: 'proxmox' has 'tls': False, a mapping is expected | write a mapping",
        ],
    ),
    "fingerprint": (
        ((HOSTS, "tls: {ca: files/pve-root-ca.pem}", 'tls: {fingerprint: "AA:BB"}'),),
        [
            "inventory/value: 'proxmox': 'tls' has 'fingerprint': 'AA:BB', a SHA-256, 32 pairs such as AA:BB:… is expected | write a SHA-256, 32 pairs such as AA:BB:…",
        ],
    ),
    "ca-file": (
        ((HOSTS, "ca: files/pve-root-ca.pem", "ca: files/nope.pem"),),
        [
            "inventory/file: 'proxmox': 'tls' names the file 'files/nope.pem', which is not there | put it at values/inventory/files/nope.pem",
        ],
    ),
    "secret-written-out": (
        ((PROD, "secret: {env: PVE_TOKEN_SECRET}", "secret: 0a1b2c3d"),),
        [
            "inventory/secret: 'proxmox.token.secret' is written out, where it lies is expected | write {env}, {file} or {store}, and make it anew",
        ],
    ),
    "secret-twice": (
        ((PROD, "secret: {env: PVE_TOKEN_SECRET}", "secret: {env: PVE_TOKEN_SECRET, file: x}"),),
        [
            "inventory/secret: 'proxmox.token.secret' names env and file | write {env}, {file} or {store}",
        ],
    ),
    "secret-key": (
        ((PROD, "secret: {env: PVE_TOKEN_SECRET}", "secret: {env: PVE_TOKEN_SECRET, flie: x}"),),
        [
            "inventory/unknown-key: 'proxmox.token.secret' has the key 'flie', which is not known, did you mean 'file'? | use one of: env, file, store",
        ],
    ),
    "pool": (
        ((PROD, "pool: prod ", 'pool: "a b" '),),
        [
            "inventory/value: 'proxmox' has 'pool': 'a b', the name of a pool, of three levels by '/' at most is expected | write the name of a pool, of three levels by '/' at most",
        ],
    ),
    "operators-nobody": (
        ((PROD, "operators: [lan]", "operators: []"),),
        [
            "inventory/operators: operators name nobody: Talos and the API server would be open to every network | name a network of the site",
        ],
    ),
    "cron": (
        ((PROD, 'schedule: "*:00"', 'schedule: "0 * * * *"'),),
        [
            "inventory/value: backup job 'tier1' has 'schedule': '0 * * * *', a calendar event such as \"*:00\" (cron is another language) is expected | write a calendar event such as \"*:00\" (cron is another language)",
        ],
    ),
    "keep": (
        ((PROD, "keep-hourly: 24", "keep-hour: 24"),),
        [
            "inventory/unknown-key: backup job 'tier1': 'prune-backups' has the key 'keep-hour', which is not known, did you mean 'keep-hourly'? | use one of: keep-daily, keep-hourly, keep-last, keep-monthly, keep-weekly, keep-yearly",
        ],
    ),
    "replicate-when": (
        ((PROD, 'replicate: {pve-2: "*/15"}', "replicate: {pve-2: always}"),),
        [
            "inventory/value: VM 'postgres-vm': 'replicate' has 'pve-2': 'always', a calendar event such as */15 is expected | write a calendar event such as */15",
        ],
    ),
    "cert-san": (
        ((PROD, "certSANs: [api.home.example.net]", 'certSANs: ["not a host!"]'),),
        [
            "inventory/value: 'talos' has in 'certSANs': 'not a host!', a host name or an address is expected | write a host name or an address",
        ],
    ),
    "reserved": (
        (
            (
                PROD,
                "memory: 32Gi, reserved: {cpu: 500m, memory: 2Gi}",
                "memory: 32Gi, reserved: {cpu: half, memory: 32Gi}",
            ),
        ),
        [
            "inventory/value: node 'talos-4': 'reserved' has 'cpu': 'half', a share of the cores such as 500m is expected | write a share of the cores such as 500m",
            "inventory/value: node 'talos-4': 'reserved' has 'memory': '32Gi', less than the node's memory is expected | write less than the node's memory",
        ],
    ),
    "device-unknown": (
        ((PROD, "nvidia-gpu: 1", "nvidia-gqu: 1"),),
        [
            "inventory/device: 'ollama-vm' takes device 'nvidia-gqu', the site has intel-gpu, nvidia-gpu, tun, did you mean 'nvidia-gpu'? | name one of the site's `devices`",
        ],
    ),
    "device-not-here": (
        ((PROD, "memory: 4Gi, tags", "memory: 4Gi, devices: {nvidia-gpu: 1}, tags"),),
        [
            "inventory/device: 'sandbox' takes device 'nvidia-gpu', which 'pve-2' has not to give | put it on pve-3, or name the mapping under `hosts.pve-2.pci`",
        ],
    ),
    "device-none": (
        ((PROD, "nvidia-gpu: 1", "nvidia-gpu: 0"),),
        [
            "inventory/value: VM 'ollama-vm': 'devices' has 'nvidia-gpu': 0, a number from 1 is expected | write a number from 1",
        ],
    ),
    "mac-of-group": (
        ((PROD, 'mac: "02:00:00:00:01:10"', 'mac: "03:00:00:00:01:10"'),),
        [
            "inventory/mac: 'ollama-vm' has MAC 03:00:00:00:01:10, which is one of a group | begin it with 02",
        ],
    ),
    "address-of-host": (
        ((PROD, "address: 10.0.10.30,", "address: 10.0.10.21,"),),
        [
            "inventory/address: 'ollama-vm' has 10.0.10.21, which is host 'pve-1' | choose another",
        ],
    ),
    "vm-name": (
        ((PROD, "  sandbox:", "  sand_box:"),),
        [
            "inventory/name: 'sand_box' is no host name, lower-case letters, digits and hyphens are expected | rename the VM",
        ],
    ),
    "tag": (
        ((PROD, "tags: [throwaway]", 'tags: ["throw away"]'),),
        [
            "inventory/value: VM 'sandbox' has in 'tags': 'throw away', lower-case letters, digits and hyphens is expected | write lower-case letters, digits and hyphens",
        ],
    ),
    "cpu": (
        ((PROD, "address: 10.0.20.90", 'cpu: "host,flags=+pcid", address: 10.0.20.90'),),
        [
            "inventory/value: VM 'sandbox' has 'cpu': 'host,flags=+pcid', the name of a CPU type is expected | write the name of a CPU type",
        ],
    ),
    "machine": (
        ((PROD, "address: 10.0.20.90", "machine: i440, address: 10.0.20.90"),),
        [
            "inventory/value: VM 'sandbox' has 'machine': 'i440', q35, pc or a version of one such as pc-q35-9.0 is expected | write q35, pc or a version of one such as pc-q35-9.0",
        ],
    ),
    "scsihw": (
        ((PROD, "address: 10.0.20.90", "scsihw: fast, address: 10.0.20.90"),),
        [
            "inventory/value: VM 'sandbox' has 'scsihw': 'fast', virtio-scsi-pci or virtio-scsi-single or lsi or lsi53c810 or megasas or pvscsi is expected | write virtio-scsi-pci or virtio-scsi-single or lsi or lsi53c810 or megasas or pvscsi",
        ],
    ),
    "user": (
        ((PROD, "user: ops", 'user: "Op s"'),),
        [
            "inventory/value: VM 'ollama-vm' has 'user': 'Op s', a login of lower-case letters, digits, '-' and '_' is expected | write a login of lower-case letters, digits, '-' and '_'",
            "inventory/value: VM 'pbs' has 'user': 'Op s', a login of lower-case letters, digits, '-' and '_' is expected | write a login of lower-case letters, digits, '-' and '_'",
            "inventory/value: VM 'postgres-vm' has 'user': 'Op s', a login of lower-case letters, digits, '-' and '_' is expected | write a login of lower-case letters, digits, '-' and '_'",
            "inventory/value: VM 'sandbox' has 'user': 'Op s', a login of lower-case letters, digits, '-' and '_' is expected | write a login of lower-case letters, digits, '-' and '_'",
        ],
    ),
    "package": (
        ((PROD, "[qemu-guest-agent, postgresql]", '["qemu guest", postgresql]'),),
        [
            "inventory/value: VM 'postgres-vm' has in 'packages': 'qemu guest', the name of a package is expected | write the name of a package",
        ],
    ),
    "file-path": (
        ((PROD, "tags: [throwaway]", 'files: {etc/x: "a"}'),),
        [
            "inventory/value: VM 'sandbox': 'files' has 'etc/x': 'a', a path from the root is expected | write a path from the root",
        ],
    ),
    "port": (
        (
            (
                PROD,
                'ssh: 22}, called_by: {lan: [ssh]}, talks_to: {internet: ["*:443", "*:80"',
                'ssh: 70000}, called_by: {lan: [ssh]}, talks_to: {internet: ["*:443", "*:80"',
            ),
        ),
        [
            "inventory/value: VM 'sandbox': 'ports' has 'ssh': 70000, a port from 1 to 65535 is expected | write a port from 1 to 65535",
        ],
    ),
    "protocol": (
        ((PROD, "http: 11434", "http: {port: 80, protocol: icmp}"),),
        [
            "inventory/value: VM 'ollama-vm': 'ports': 'http' has 'protocol': 'icmp', tcp or udp is expected | write tcp or udp",
        ],
    ),
    "talks-to-whom": (
        ((PROD, "talks_to: {lan: [nas:2049]", "talks_to: {lann: [nas:2049]"),),
        [
            "inventory/unknown-key: VM 'pbs': 'talks_to' has the key 'lann', which is not known, did you mean 'lan'? | use one of: internet, lan, services",
        ],
    ),
    "ssh-key": (
        ((PROD, "ssh_keys: [files/ops.pub]", "ssh_keys: [files/pve-root-ca.pem]"),),
        [
            "inventory/ssh-key: VM 'ollama-vm' names the file 'files/pve-root-ca.pem', which holds something else than public keys | name a file such as ~/.ssh/id_ed25519.pub",
            "inventory/ssh-key: VM 'pbs' names the file 'files/pve-root-ca.pem', which holds something else than public keys | name a file such as ~/.ssh/id_ed25519.pub",
            "inventory/ssh-key: VM 'postgres-vm' names the file 'files/pve-root-ca.pem', which holds something else than public keys | name a file such as ~/.ssh/id_ed25519.pub",
            "inventory/ssh-key: VM 'sandbox' names the file 'files/pve-root-ca.pem', which holds something else than public keys | name a file such as ~/.ssh/id_ed25519.pub",
        ],
    ),
    "seven-control-planes": (
        (
            (PROD, "talos-4: {role: worker", "talos-4: {role: controlplane"),
            (PROD, "talos-5: {role: worker", "talos-5: {role: controlplane"),
            (PROD, "talos-6: {role: worker", "talos-6: {role: controlplane"),
            (PROD, "talos-7: {role: worker", "talos-7: {role: controlplane"),
        ),
        [
            "inventory/control-planes: 7 control planes, an odd number is expected: 1, 3 or 5 | add or remove one",
        ],
    ),
    "two-homes": (
        ((PROD, HOME, HOME + "\n  again: {type: node-affinity, vms: [postgres-vm], nodes: {pve-1: 1}}"),),
        [
            "inventory/ha-rule: HA rule 'again' gives 'postgres-vm' hosts, and so does 'postgres-home' | keep one: Proxmox takes one node-affinity rule per VM",
        ],
    ),
    "apart-and-home": (
        (
            (
                PROD,
                HOME,
                "  postgres-home: {type: node-affinity, vms: [postgres-vm, sandbox], nodes: {pve-1: 1}, strict: true}\n  apart: {type: resource-affinity, vms: [postgres-vm, sandbox], affinity: negative}",
            ),
            (PROD, "tags: [throwaway]", "ha: {}"),
            (PROD, 'replicate: {pve-2: "*/15"}', "tags: [a]"),
        ),
        [
            "inventory/ha-local-disks: 'sandbox' has 'ha' and local disks, and no copy on 'pve-1', where it may start | add `replicate: {pve-1: \"*/15\"}`, or a strict rule without that host",
            "inventory/ha-rule: HA rule 'apart' keeps 2 VMs apart that may be on pve-1 only | allow more hosts",
        ],
    ),
    "together-and-priorities": (
        (
            (PROD, HOME, HOME + "\n  near: {type: resource-affinity, vms: [postgres-vm, sandbox], affinity: positive}"),
            (PROD, "tags: [throwaway]", 'ha: {}, replicate: {pve-1: "*/15", pve-3: "*/15"}'),
        ),
        [
            "inventory/ha-rule: HA rule 'near' is about VMs of 'postgres-home', whose hosts have several priorities | give the hosts of 'postgres-home' one priority",
        ],
    ),
    "longhorn": (
        ((PROD, "siderolabs/iscsi-tools, ", ""),),
        [
            "inventory/longhorn: nodes have a disk 'longhorn', and the schematic lacks siderolabs/iscsi-tools, which Longhorn calls | add them to `officialExtensions`",
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_value_is_refused(case: str, tmp_path: Path) -> None:
    changes, expected = CASES[case]
    found = [message.partition(": ")[2] for message in messages(edited(tmp_path, *changes))]
    assert sorted(found) == sorted(expected)


def test_secret_that_stands_in_the_file_is_not_repeated(tmp_path: Path) -> None:
    root = edited(tmp_path, (PROD, "secret: {env: PVE_TOKEN_SECRET}", "secret: 5eeded-marker"))
    (found,) = [finding for finding in load(root, "prod").findings if finding.rule == "inventory/secret"]
    assert "5eeded-marker" not in found.message + found.fix


@pytest.mark.parametrize("text", ["vms: [", "  pool:\tprod\n\tx: y", ""])
def test_file_that_cannot_be_read_is_all_that_is_said(text: str, tmp_path: Path) -> None:
    root = edited(tmp_path)
    (root / "values/inventory/prod.yaml").write_text(text)
    assert [finding.rule.partition("/")[0] for finding in load(root, "prod").findings] == ["source"]


@pytest.mark.parametrize(
    "text",
    [
        "*/15",
        "*:00",
        "0/3:15",
        "mon..fri 22:00",
        "sun",
        "sat,sun 02:30",
        "daily",
        "2,14:30",
        "*-*-01 02:30",
        "01-15",
        "8..18/2:00",
        "22:15:30",
        "mon *-*-1..7 03:00",
    ],
)
def test_calendar_event_is_known(text: str) -> None:
    assert is_calendar_event(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0 * * * *",
        "30 2 * * *",
        "every day",
        "25:00",
        "12:60",
        "60",
        "noon",
        "mon tue wed thu",
        "@daily",
        "1:2:3:4",
        "--",
    ],
)
def test_calendar_event_is_not_one(text: str) -> None:
    assert not is_calendar_event(text)
