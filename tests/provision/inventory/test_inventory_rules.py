"""Each rule of the inventory: one change of the shipped inventory of prod, and the whole finding."""

# ruff: noqa: E501  # a message stands in one piece, so that it can be searched for

import re
from pathlib import Path

import pytest

from tests.provision.inventory.inventory_files import edited, messages

PROD, HOSTS, SITE = "inventory/prod.yaml", "inventory/hosts.yaml", "site.yaml"
T1 = "talos-1: {role: controlplane, host: pve-1, vm_id: 100"

CASES: dict[str, tuple[tuple[str, str, str], list[str]]] = {
    "id-outside": (
        (PROD, "vm_id: 100,", "vm_id: 99,"),
        ["inventory/vm-id: 'talos-1' has VM id 99, outside 100-119 | choose an id of the range"],
    ),
    "ranges-overlap": (
        (PROD, "vm_ids: 100-119", "vm_ids: 100-125"),
        ["inventory/vm-id-ranges: VM ids 100-125 overlap those of 'staging', 120-139 | choose ranges that are apart"],
    ),
    "range-backwards": (
        (PROD, "vm_ids: 100-119", "vm_ids: 119-100"),
        ["inventory/value: the inventory of 'prod' has 'vm_ids': '119-100', a range that ends after it begins is "
         "expected | write a range that ends after it begins"],
    ),
    "id-twice": (
        (PROD, "vm_id: 101", "vm_id: 100"),
        ["inventory/unique: 'talos-2' has vm_id 100, held by 'talos-1' | choose another vm_id"],
    ),
    "mac-twice": (
        (PROD, '"02:00:00:00:01:01"', '"02:00:00:00:01:00"'),
        ["inventory/unique: 'talos-2' has mac 02:00:00:00:01:00, held by 'talos-1' | choose another mac"],
    ),
    "mac-global": (
        (PROD, '"02:00:00:00:01:01"', '"00:00:00:00:01:01"'),
        ["inventory/mac: 'talos-2' has MAC 00:00:00:00:01:01, which is not locally administered | begin it with 02"],
    ),
    "mac-no-mac": (
        (PROD, '"02:00:00:00:01:01"', '"02-00-00-00-01-01"'),
        ["inventory/value: node 'talos-2' has 'mac': '02-00-00-00-01-01', a MAC in quotes is expected "
         "| write a MAC in quotes"],
    ),
    "name-of-host": (
        (PROD, "  sandbox:", "  pve-1:"),
        ["inventory/unique: 'pve-1' is a VM and a host | choose another name: it stands for one address"],
    ),
    "vip-taken": (
        (PROD, "address: 10.0.10.11,", "address: 10.0.10.10,"),
        ["inventory/address: 'talos-1' has 10.0.10.10, which is the VIP | choose another"],
    ),
    "router-taken": (
        (PROD, "address: 10.0.10.11,", "address: 10.0.10.1,"),
        ["inventory/address: 'talos-1' has 10.0.10.1, which is the router | choose another"],
    ),
    "pool-taken": (
        (PROD, "address: 10.0.10.11,", "address: 10.0.10.120,"),
        ["inventory/address: 'talos-1' has 10.0.10.120, inside pool 'lan' 10.0.10.100-10.0.10.159 | choose another"],
    ),
    "dhcp-taken": (
        (PROD, "address: 10.0.20.90", "address: 10.0.20.130"),
        ["inventory/address: 'sandbox' has 10.0.20.130, inside the DHCP range 10.0.20.128-10.0.20.254 | choose another"],
    ),
    "outside-subnet": (
        (PROD, "address: 10.0.10.11,", "address: 10.9.10.11,"),
        ["inventory/address: 'talos-1' has 10.9.10.11, not an address for machines of 10.0.10.0/24 | choose another"],
    ),
    "site-address": (
        (PROD, "address: 10.0.10.11,", "address: 10.0.10.5,"),
        ["inventory/address: 'talos-1' has 10.0.10.5, which is 'nas' of the site | choose another"],
    ),
    "no-address": (
        (PROD, "address: 10.0.10.11,", "address: ten,"),
        ["inventory/value: node 'talos-1' has 'address': 'ten', an IPv4 address is expected | write an IPv4 address"],
    ),
    "network-unknown": (
        (PROD, "network: lan, address", "network: lane, address"),
        ["inventory/bridge: 'sandbox' is in network 'lane', which no bridge of 'pve-2' carries "
         "| add it to `hosts.pve-2.bridges`",
         "inventory/network: 'sandbox' is in network 'lane', the site has cluster, lan, iot | choose one of them"],
    ),
    "even-control-planes": (
        (PROD, "talos-1: {role: controlplane", "talos-1: {role: worker"),
        ["inventory/control-planes: 2 control planes, an odd number is expected: 1, 3 or 5 | add or remove one"],
    ),
    "vip-elsewhere": (
        (SITE, "api: 10.0.10.10", "api: 10.0.11.10"),
        ["inventory/vip: the VIP 10.0.11.10 is outside 10.0.10.0/24, the network of the control planes "
         "| choose an address of that network: it moves by ARP"],
    ),
    "ranges": (
        (SITE, "pods: 10.244.0.0/16", "pods: 10.0.0.0/16"),
        [f"inventory/ranges: the pods' range 10.0.0.0/16 overlaps network '{name}' {subnet} | choose ranges that are apart"
         for name, subnet in (("cluster", "10.0.10.0/24"), ("iot", "10.0.30.0/24"), ("lan", "10.0.20.0/24"))],
    ),
    "minor": (
        (PROD, "version: 1.36.3", "version: 1.35.1"),
        ["inventory/kubernetes: Kubernetes 1.35.1 is not of the site's minor 1.36 | make them agree"],
    ),
    "image-storage": (
        (PROD, "image_storage: images", "image_storage: fast"),
        ["inventory/storage: image storage 'fast' is no file storage, the inventory has: images "
         "| name a storage of kind nfs or dir"],
    ),
    "operators": (
        (PROD, "operators: [lan]", "operators: [lane]"),
        ["inventory/operators: operators name 'lane', neither a network nor an address | name a network of the site"],
    ),
    "host-unknown": (
        (PROD, f"{T1}", "talos-1: {role: controlplane, host: pve-9, vm_id: 100"),
        ["inventory/host: 'talos-1' is on host 'pve-9', the inventory has pve-1, pve-2, pve-3 | choose one of them"],
    ),
    "disk-storage": (
        (PROD, "storage: fast, cpu: host, order", "storage: backups, cpu: host, order"),
        [f"inventory/storage: disk '{disk}' of 'talos-{n}' is on storage 'backups', which holds no disks "
         "| name a storage of kind zfs, lvmthin, dir or nfs"
         for n, disk in [*((n, "system") for n in range(1, 8)), *((n, "longhorn") for n in range(4, 8))]],
    ),
    "storage-not-there": (
        (HOSTS, "hosts: [pve-1, pve-2, pve-3]", "hosts: [pve-1, pve-2]"),
        [f"inventory/storage: disk '{disk}' of '{name}' is on 'fast', which is not on host 'pve-3' | it is on pve-1, pve-2"
         for name, disk in (("talos-3", "system"), ("talos-6", "system"), ("talos-6", "longhorn"),
                            ("ollama-vm", "system"), ("ollama-vm", "models"))],
    ),
    "image-unknown": (
        (PROD, "image: debian", "image: debain"),
        [f"inventory/image: '{name}' is made from image 'debain', the inventory has debian | name one of them"
         for name in ("ollama-vm", "pbs", "postgres-vm", "sandbox")],
    ),
    "two-tiers": (
        (PROD, "models: {size: 500Gi, backup: tier4}", "models: {size: 500Gi, backup: tier1}"),
        ["inventory/two-tiers: 'ollama-vm' has disks of tier1 and tier2; Proxmox backs up whole VMs, so one is possible "
         "| give all its disks one tier, or tier4"],
    ),
    "caller-unknown": (
        (PROD, "called_by: {cluster: [http], lan: [ssh]}", "called_by: {clutser: [http], lan: [ssh]}"),
        ["inventory/called-by: 'ollama-vm' is called by 'clutser', which nothing is called "
         "| name a network, machine or address"],
    ),
    "port-unknown": (
        (PROD, "called_by: {cluster: [http], lan: [ssh]}", "called_by: {cluster: [https], lan: [ssh]}"),
        ["inventory/called-by: 'ollama-vm' is called at port 'https', its ports are http, ssh | add it to `ports`"],
    ),
    "backup-storage": (
        (PROD, "tier1: {storage: backups,", "tier1: {storage: fast,"),
        ["inventory/storage: backup job 'tier1' writes to 'fast', which takes no backups "
         "| name a storage of kind pbs, nfs or dir"],
    ),
    "no-backup-job": (
        (PROD, '  tier2: {storage: backups, schedule: "0/3:15", prune-backups: {keep-daily: 14}}', ""),
        ["inventory/backup-job: 'ollama-vm' has disks of tier2, for which there is no backup job | add `backup_jobs.tier2`"],
    ),
    "job-of-no-tier": (
        (PROD, "  tier2: {storage", "  tier9: {storage"),
        ["inventory/backup-job: 'ollama-vm' has disks of tier2, for which there is no backup job | add `backup_jobs.tier2`",
         "inventory/tier: backup job 'tier9' is of no tier | call it tier1, tier2 or tier3"],
    ),
    "ha-with-order": (
        (PROD, "ha: {max_restart: 2},", "ha: {max_restart: 2}, order: {order: 2},"),
        ["inventory/ha-order: 'postgres-vm' has 'order' beside 'ha', which makes Proxmox ignore it | remove one of the two"],
    ),
    "ha-without-copy": (
        (PROD, ', replicate: {pve-2: "*/15"}', ""),
        ["inventory/ha-local-disks: 'postgres-vm' has 'ha' and local disks, and no copy on 'pve-2', where it may start "
         '| add `replicate: {pve-2: "*/15"}`, or a strict rule without that host'],
    ),
    "replicates-to-itself": (
        (PROD, 'replicate: {pve-2: "*/15"}', 'replicate: {pve-2: "*/15", pve-1: "*/15"}'),
        ["inventory/replication: 'postgres-vm' replicates to 'pve-1', another host of the inventory is expected "
         "| name another host"],
    ),
    "replicates-nfs": (
        (PROD, "data: {size: 200Gi, backup: tier1}", "data: {size: 200Gi, backup: tier1, storage: images}"),
        ["inventory/replication: 'postgres-vm' replicates to 'pve-2', where its storage 'images' is not as ZFS "
         "| replication needs the same ZFS storage on both hosts"],
    ),
    "ha-rule-member": (
        (PROD, "vms: [postgres-vm]", "vms: [postgres-vm, pbs]"),
        ["inventory/ha-rule: HA rule 'postgres-home' names 'pbs', which has no 'ha' | give 'pbs' `ha: {}`"],
    ),
    "ha-rule-host": (
        (PROD, "nodes: {pve-1: 2, pve-2: 1}", "nodes: {pve-1: 2, pve-2: 1, pve-7: 1}"),
        ["inventory/ha-local-disks: 'postgres-vm' has 'ha' and local disks, and no copy on 'pve-7', where it may start "
         '| add `replicate: {pve-7: "*/15"}`, or a strict rule without that host',
         "inventory/ha-rule: HA rule 'postgres-home' names the host 'pve-7', which there is not | correct it"],
    ),
    "ha-rule-empty": (
        (PROD, "nodes: {pve-1: 2, pve-2: 1}, strict: true", "strict: false"),
        ["inventory/ha-local-disks: 'postgres-vm' has 'ha' and local disks, and no copy on 'pve-3', where it may start "
         '| add `replicate: {pve-3: "*/15"}`, or a strict rule without that host',
         "inventory/ha-rule: HA rule 'postgres-home' names no host | add `nodes`"],
    ),
    "ha-rule-apart": (
        (PROD, "ha_rules: ", "ha_rules:\n  apart: {type: resource-affinity, vms: [postgres-vm]} "),
        ["inventory/ha-rule: HA rule 'apart' needs 'affinity' and two VMs or more | add what is missing"],
    ),
    "memory": (
        (PROD, "memory: 64Gi", "memory: 80Gi"),
        ["inventory/memory: the VMs on 'pve-3' have 128 GiB of memory, 120 GiB are there | move one, or give it less"],
    ),
    "disks": (
        (HOSTS, "size: 3600Gi", "size: 2500Gi"),
        ["inventory/disks: the disks on 'fast' of 'pve-1' have 2748 GiB, 2500 GiB are there | move one, or make it smaller"],
    ),
    "device-twice": (
        (PROD, "devices: {tun: 8}", "devices: {intel-gpu: 1}"),
        ["inventory/device: 'talos-7' takes device 'intel-gpu' of 'pve-1', held by 'talos-4' | give it to one machine"],
    ),
    "operators-missing": (
        (PROD, "operators: [lan]", "operater: [lan]"),
        ["inventory/missing: the inventory of 'prod' lacks 'operators' | add `operators`"],
    ),
    "unknown-key": (
        (PROD, "tags: [throwaway]", "tag: [throwaway]"),
        ["inventory/unknown-key: VM 'sandbox' has the key 'tag', which is not known, did you mean 'tags'?"],
    ),
    "missing": (
        (PROD, "cores: 4, memory: 16Gi,", "cores: 4,"),
        ["inventory/ha-rule: HA rule 'postgres-home' names 'postgres-vm', which has no 'ha' | give 'postgres-vm' `ha: {}`",
         "inventory/missing: VM 'postgres-vm' lacks 'memory' | add `memory`"],
    ),
    "quantity": (
        (PROD, "cores: 4, memory: 16Gi,", "cores: 4, memory: lots,"),
        ["inventory/value: VM 'postgres-vm' has 'memory': 'lots', a quantity such as 100Gi is expected "
         "| write a quantity such as 100Gi"],
    ),
    "disk-uneven": (
        (PROD, "data: {size: 200Gi,", "data: {size: 200M,"),
        ["inventory/value: VM 'postgres-vm': disk 'data' has 'size': '200M', whole GiB is expected | write whole GiB"],
    ),
    "disk-without-tier": (
        (PROD, "models: {size: 500Gi, backup: tier4}", "models: {size: 500Gi}"),
        ["inventory/missing: VM 'ollama-vm': disk 'models' lacks 'backup' | add `backup`"],
    ),
    "disk-name": (
        (PROD, "models: {size: 500Gi", "the-models-of-ollama-all: {size: 500Gi"),
        ["inventory/disk-name: VM 'ollama-vm' has the disk 'the-models-of-ollama-all', at most 20 lower-case letters, "
         "digits and hyphens are expected | choose another name: it is the drive's serial"],
    ),
    "no-system-disk": (
        (PROD, "disks: {system: {size: 60Gi, backup: tier2}, models", "disks: {root: {size: 60Gi, backup: tier2}, models"),
        ["inventory/disk-name: VM 'ollama-vm' has no disk 'system' | add `system: {size: 100Gi}`"],
    ),
    "tls": (
        (HOSTS, "tls: {ca: files/pve-root-ca.pem}", "tls: {}"),
        ["inventory/tls: 'proxmox' has 'tls' with neither or both of 'ca' and 'fingerprint' "
         "| name one of them: the certificate is always checked"],
    ),
    "secret": (
        (PROD, "secret: {env: PVE_TOKEN_SECRET}", "secret: {}"),
        ["inventory/secret: 'proxmox.token.secret' says nothing | write {env}, {file} or {store}"],
    ),
    "secrets": (
        (PROD, "secrets: {file: prod.secrets.age, identity: {env: CHARTROOM_AGE_IDENTITY}}", "secrets: {}"),
        ["inventory/secrets: 'secrets' has neither or both of 'file' and 'store' | name one of them"],
    ),
    "cni": (
        (PROD, "cni: none", "cni: flannel"),
        ["inventory/value: 'talos' has 'cni': 'flannel', none is expected | write none"],
    ),
    "type-of-mapping": (
        (PROD, "devices: {nvidia-gpu: 1}", "devices: [nvidia-gpu]"),
        ["inventory/value: VM 'ollama-vm' has 'devices': a list, a mapping is expected | write a mapping"],
    ),
    "type-in-mapping": (
        (PROD, "devices: {nvidia-gpu: 1}", "devices: {nvidia-gpu: one}"),
        ["inventory/value: VM 'ollama-vm': 'devices' has 'nvidia-gpu': 'one', a number is expected | write a number"],
    ),
    "number": (
        (PROD, "cores: 12,", "cores: 0,"),
        ["inventory/value: VM 'ollama-vm' has 'cores': 0, a whole number from 1 is expected "
         "| write a whole number from 1"],
    ),
    "flag": (
        (PROD, "protection: true, ha", "protection: 1, ha"),
        ["inventory/value: VM 'postgres-vm' has 'protection': 1, true or false is expected | write true or false"],
    ),
    "list": (
        (PROD, "tags: [throwaway]", "tags: throwaway"),
        ["inventory/value: VM 'sandbox' has 'tags': 'throwaway', a list of texts is expected | write a list of texts"],
    ),
    "choice": (
        (PROD, "talos-7: {role: worker", "talos-7: {role: slave"),
        ["inventory/value: node 'talos-7' has 'role': 'slave', controlplane or worker is expected "
         "| write controlplane or worker"],
    ),
    "key-file": (
        (PROD, "ssh_keys: [files/ops.pub]", "ssh_keys: [files/nobody.pub]"),
        [f"inventory/file: VM '{name}' names the file 'files/nobody.pub', which cannot be read: No such file or directory "
         "| put it at values/inventory/files/nobody.pub" for name in ("ollama-vm", "pbs", "postgres-vm", "sandbox")],
    ),
    "metal-and-host": (
        (PROD, "talos-7: {role: worker,", "talos-7: {role: worker, metal: {disk: 'disk.serial == \"x\"'},"),
        ["inventory/metal: node 'talos-7' has 'metal' beside 'host' or 'vm_id' | keep one of the two"],
    ),
    "taints": (
        (PROD, "talos-7: {role: worker,", "talos-7: {role: worker, taints: [gpu],"),
        ["inventory/value: node 'talos-7' has 'taints': a list, a list of {key, value, effect} is expected "
         "| write a list of {key, value, effect}"],
    ),
    "port-shape": (
        (PROD, "ports: {http: 11434, ssh: 22}", "ports: {http: web, ssh: 22}"),
        ["inventory/called-by: 'ollama-vm' is called at port 'http', its ports are ssh | add it to `ports`",
         "inventory/value: VM 'ollama-vm': 'ports' has 'http': 'web', a port number, or {port, protocol} is expected "
         "| write a port number, or {port, protocol}"],
    ),
    "image-url": (
        (HOSTS, "genericcloud-amd64.qcow2", "genericcloud-amd64.raw"),
        ["inventory/value: image 'debian' has 'url': 'https://cloud.debian.org/images/cloud/trixie/latest/debian-13-"
         "genericcloud-amd64.raw', a URL https://… that ends in .qcow2 is expected "
         "| write a URL https://… that ends in .qcow2"],
    ),
    "site-range": (
        (SITE, "dhcp: 10.0.20.128-10.0.20.254", "dhcp: 10.0.20.254-10.0.20.128"),
        ["inventory/value: network 'lan' has 'dhcp': '10.0.20.254-10.0.20.128', a range that ends after it begins is "
         "expected | write a range that ends after it begins"],
    ),
    "site-range-shape": (
        (SITE, "dhcp: 10.0.20.128-10.0.20.254", "dhcp: everything"),
        ["inventory/value: network 'lan' has 'dhcp': 'everything', a range such as 10.0.20.128-10.0.20.254 is expected "
         "| write a range such as 10.0.20.128-10.0.20.254"],
    ),
    "site-subnet": (
        (SITE, "iot: {vlan: 30, subnet: 10.0.30.0/24", "iot: {vlan: 30, subnet: 10.0.30.0/33"),
        ["inventory/value: network 'iot' has 'subnet': '10.0.30.0/33', a network such as 10.0.10.0/24 is expected "
         "| write a network such as 10.0.10.0/24"],
    ),
    "site-address-shape": (
        (SITE, "nas: 10.0.10.5", "nas: storage"),
        ["inventory/value: the site: 'addresses' has 'nas': 'storage', an IPv4 address is expected "
         "| write an IPv4 address"],
    ),
    "whole-part-missing": (
        (PROD, "vm_ids: 100-119", "x: 1"),
        ["inventory/missing: the inventory of 'prod' lacks 'vm_ids' | add `vm_ids`"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_rule_says_what_is_wrong(case: str, tmp_path: Path) -> None:
    change, expected = CASES[case]
    found = [re.sub(r"^values/\S+:\d+:\d+: ", "", message) for message in messages(edited(tmp_path, change))]
    if case == "unknown-key":
        assert [message.partition(" |")[0] for message in found] == expected
        return
    assert sorted(found) == sorted(expected)


def test_finding_stands_where_the_value_is(tmp_path: Path) -> None:
    root = edited(tmp_path, (PROD, "address: 10.0.10.11,", "address: 10.0.10.10,"))
    (line,) = (
        number
        for number, text in enumerate((root / "values/inventory/prod.yaml").read_text().splitlines(), 1)
        if "talos-1:" in text
    )
    (found,) = messages(root)
    assert found.startswith(f"values/inventory/prod.yaml:{line}:")


def test_device_of_another_environment_is_taken(tmp_path: Path) -> None:
    change = ("inventory/staging.yaml", "devices: {tun: 8}", "devices: {intel-gpu: 1}")
    assert [message.partition("inventory/device: ")[2] for message in messages(edited(tmp_path, change))] == [
        "'talos-4' takes device 'intel-gpu' of 'pve-1', held by 'a machine of another environment' "
        "| give it to one machine"
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"02:00:00:00:01:13"',
            '"02:00:00:00:03:00"',
            "'sandbox' has mac 02:00:00:00:03:00, held by 'dev-1 of dev' | choose another mac",
        ),
        (
            "10.0.20.90",
            "10.0.20.91",
            "'sandbox' has address 10.0.20.91, held by 'dev-1 of dev' | choose another address",
        ),
    ],
    ids=["mac", "address"],
)
def test_what_a_machine_of_another_environment_holds_is_taken(old: str, new: str, message: str, tmp_path: Path) -> None:
    there = ("inventory/dev.yaml", "address: 10.2.10.11", "address: 10.0.20.91") if "10.0" in new else None
    root = edited(tmp_path, (PROD, old, new), *([there] if there else []))
    assert [text.partition("inventory/unique: ")[2] for text in messages(root)] == [message]
