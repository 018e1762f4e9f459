"""What provisioning refuses in an inventory the generator refuses too, before anything is planned."""

from pathlib import Path

import pytest

from generator.pipeline.workspace import open_workspace
from tests.provision.inventory.inventory_files import copied, edited
from tests.provision.inventory.test_inventory_rules import CASES

# What the generator does not read, or judges elsewhere.
OF_PROVISION_ALONE = {
    "image-storage": "images are downloaded by provisioning",
    "image-unknown": "images are downloaded by provisioning",
    "operators": "the firewall is written by provisioning",
    "disk-storage": "which storage holds disks is Proxmox' matter",
    "storage-not-there": "which storage a host has is Proxmox' matter",
    "backup-storage": "the jobs are Proxmox' own",
    "no-backup-job": "the jobs are Proxmox' own",
    "ha-with-order": "high availability is Proxmox' own",
    "ha-without-copy": "high availability is Proxmox' own",
    "ha-rule-member": "high availability is Proxmox' own",
    "ha-rule-host": "high availability is Proxmox' own",
    "ha-rule-empty": "high availability is Proxmox' own",
    "ha-rule-apart": "high availability is Proxmox' own",
    "replicates-to-itself": "replication is Proxmox' own",
    "replicates-nfs": "replication is Proxmox' own",
    "disk-uneven": "Proxmox takes whole GiB, a node's capacity does not",
    "memory": "the gate's rule capacity/hosts",
    "disks": "the gate's rule capacity/storage",
    "key-file": "keys are read when a VM is made",
    "metal-and-host": "how a machine is made is provisioning's matter",
}


def said(root: Path) -> set[tuple[str, str]]:
    return {(finding.rule, finding.message) for finding in open_workspace(root).findings}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """What the generator says of the copy itself, which has no services."""
    return said(copied(tmp_path_factory.mktemp("copy") / "root"))


@pytest.mark.parametrize("case", CASES)
def test_generator_refuses_what_provisioning_refuses(case: str, before: set[tuple[str, str]], tmp_path: Path) -> None:
    new = said(edited(tmp_path / "root", CASES[case][0])) - before
    assert bool(new) == (case not in OF_PROVISION_ALONE), sorted(new)


def test_cases_left_to_provisioning_exist() -> None:
    assert OF_PROVISION_ALONE.keys() <= CASES.keys()
