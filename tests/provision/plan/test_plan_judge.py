"""What Talos would refuse is said at the node of the inventory, before anything is asked."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from provision.cli.main import provision
from provision.machineconfig.generate import machine_documents
from provision.plan.judge import judge
from provision.plan.wanted import Wanted
from provision.secrets.bundle import generate
from tests.provision.apply.varied import shipped
from tests.provision.inventory.inventory_files import edited, loaded
from tests.provision.plan.test_plan_size import hundred

PROD = "inventory/prod.yaml"
METAL = "talos-7: {role: worker, metal: {disk: 'disk.size > 10u * GiB'},"
CASES = {
    "disk-by-size": (
        (PROD, "talos-7: {role: worker, host: pve-1, vm_id: 106,", METAL),
        "'talos-7' selects its disk by 'disk.size > 10u * GiB', which contract 1.13 cannot say",
    ),
    "metal-without-disk": (
        (PROD, "talos-7: {role: worker, host: pve-1, vm_id: 106,", "talos-7: {role: worker, metal: {},"),
        "'talos-7' has no install disk, which a metal machine needs",
    ),
    "kubernetes-too-new": (
        (PROD, "version: v1.13.9", "version: v1.12.1"),
        "contract 1.13 is newer than Talos v1.12.1",
    ),
    "label": (
        (PROD, "talos-7: {role: worker,", 'talos-7: {role: worker, labels: {"a b": c},'),
        "'talos-7' has the label 'a b'",
    ),
    "schematic": (
        (PROD, "systemExtensions:", "systemExtension:"),
        "schematic.customization has the field 'systemExtension', the factory knows",
    ),
    "audit-level": (
        (PROD, "rules: [{level: Metadata}]", "rules: [{level: Everything}]"),
        "the audit policy has a rule of level 'Everything', expected None or Metadata or Request or RequestResponse",
    ),
    "audit-no-policy": (
        (PROD, "kind: Policy, rules: [{level: Metadata}]", "kind: Policies, rules: [{level: Metadata}]"),
        "the audit policy is no Policy of audit.k8s.io/v1",
    ),
    "audit-no-rules": (
        (PROD, "rules: [{level: Metadata}]", "rules: []"),
        "the audit policy has no list of rules",
    ),
    "talks-to-nobody": (
        (PROD, "talks_to: {lan: [nas:2049]", "talks_to: {lan: [nass:2049]"),
        "'pbs' talks to 'nass:2049': 'nass' is no network, machine or address of the site",
    ),
    "talks-to-no-port": (
        (PROD, "talks_to: {lan: [nas:2049]", "talks_to: {lan: [nas:204900]"),
        "'pbs' talks to 'nas:204900': '204900' is no port",
    ),
    "internet-by-name": (
        (PROD, '"*:443", "*:80"', '"example.org:443", "*:80"'),
        "'sandbox' talks to 'example.org:443': a port such as '*:443' is expected",
    ),
}


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_shipped_inventories_lead_to_sound_configurations(environment: str) -> None:
    assert judge(Wanted(shipped(environment))) == ()


@pytest.mark.parametrize("case", CASES)
def test_fault_is_found_where_the_node_stands(case: str, tmp_path: Path) -> None:
    change, message = CASES[case]
    root = edited(tmp_path, change)
    found = judge(Wanted(loaded(root, "prod")))
    assert message in found[0].message
    result = CliRunner().invoke(provision, ["--root", str(root), "-e", "prod", "validate", "--offline"])
    assert result.exit_code == 2
    assert message in result.output
    assert "values/inventory/prod.yaml:" in result.output
    assert "Error: the inventory of 'prod' has " in result.output
    assert result.output.count(message) == 1


def test_version_is_shown_where_it_stands(tmp_path: Path) -> None:
    root = edited(tmp_path, (PROD, "version: v1.13.9", "version: v1.12.1"))
    (found,) = judge(Wanted(loaded(root, "prod")))
    line = (root / found.place.path).read_text().splitlines()[found.place.line - 1]
    assert line[found.place.column - 1 :].startswith("v1.12.1")


def test_fault_is_told_once(tmp_path: Path) -> None:
    root = edited(tmp_path, (PROD, "cores: 12,", "cores: twelve,"))
    result = CliRunner().invoke(provision, ["--root", str(root), "-e", "prod", "validate", "--offline"])
    assert result.exit_code == 2
    assert result.output.count("error: VM 'ollama-vm' has 'cores': 'twelve'") == 1


def test_hundred_nodes_are_judged_in_a_second() -> None:
    wanted = Wanted(hundred())
    judge(wanted)
    began = time.process_time()
    assert judge(wanted) == ()
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("port", ["7946-tcp", "7946-udp", "4240-tcp"])
def test_what_announces_addresses_may_talk_from_node_to_node(port: str) -> None:
    wanted = Wanted(shipped("prod"))
    documents = machine_documents(wanted.cluster, wanted.nodes["talos-4"], generate(datetime.now(UTC)))
    (rule,) = (document for document in documents if document.get("name") == f"nodes-{port}")
    assert rule["ingress"] == [{"subnet": "10.0.10.0/24"}]
