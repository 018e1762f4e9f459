"""Machine configurations against golden files. The files were read against the schema facts; change them by hand."""

import base64
import importlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.machineconfig import emit as emitting
from provision.machineconfig.emit import emit, read
from provision.machineconfig.generate import machine_config, machine_documents
from provision.machineconfig.model import Contract, Document, EncryptionKey, Node, Volume
from tests.provision.machineconfig.machineconfig_samples import SECRETS, cluster, control_plane, worker

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("contract", Contract)
@pytest.mark.parametrize("node", [control_plane(), worker()], ids=lambda node: node.role)
def test_configuration_is_the_golden_file(contract: Contract, node: Node) -> None:
    expected = (GOLDEN / f"{contract}-{node.role}.yaml").read_text(encoding="utf-8")
    assert machine_config(cluster(contract), node, SECRETS) == expected


@pytest.mark.parametrize("contract", Contract)
def test_worker_knows_no_secret_of_control_planes(contract: Contract) -> None:
    text = machine_config(cluster(contract), worker(), SECRETS)
    assert "secretbox-key" not in text
    for name, key in (("etcd", SECRETS.etcd), ("kubernetes", SECRETS.kubernetes), ("talos", SECRETS.talos)):
        assert not any(form in text for form in (key.key.decode(), _base64(key.key))), name


def test_documents_survive_their_text() -> None:
    documents = machine_documents(cluster(Contract.V1_14), control_plane(), SECRETS)
    assert read(emit(documents)) == documents


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=40) | st.integers() | st.booleans(), max_size=5))
def test_emitting_is_deterministic_and_keeps_values(document: dict[str, object]) -> None:
    assert emit([document]) == emit([dict(document)])
    assert read(emit([document])) == [document]


def test_both_emitters_of_pyyaml_write_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("yaml.CSafeDumper")
    slow = importlib.reload(emitting)
    text = slow.emit(machine_documents(cluster(Contract.V1_14), control_plane(), SECRETS))
    monkeypatch.undo()
    importlib.reload(emitting)
    assert text == (GOLDEN / "1.14-controlplane.yaml").read_text(encoding="utf-8")


def of_kind(documents: list[Document], kind: str) -> list[Document]:
    return [document for document in documents if document.get("kind") == kind]


def test_no_operators_means_no_firewall() -> None:
    documents = machine_documents(cluster(operators=None), control_plane(), SECRETS)
    assert not of_kind(documents, "NetworkDefaultActionConfig")
    assert not of_kind(documents, "NetworkRuleConfig")


def test_single_control_plane_without_vip_has_no_vip_document() -> None:
    documents = machine_documents(cluster(vip=None, endpoint_address="fd00::1"), control_plane(), SECRETS)
    assert not of_kind(documents, "Layer2VIPConfig")
    assert documents[0]["cluster"]["controlPlane"]["endpoint"] == "https://[fd00::1]:6443"
    assert documents[0]["machine"]["certSANs"] == ["127.0.0.1", "api.home.example.net", "10.0.10.10"]


def test_encryption_off_leaves_no_system_volume_in_1_13_and_the_secure_mount_in_1_14() -> None:
    old = machine_documents(cluster(encryption={}), worker(volumes=(Volume("data"),)), SECRETS)
    assert [document["name"] for document in of_kind(old, "VolumeConfig")] == []
    assert "encryption" not in of_kind(old, "UserVolumeConfig")[0]
    new = machine_documents(cluster(Contract.V1_14, encryption={"STATE": EncryptionKey.TPM}), worker(), SECRETS)
    assert of_kind(new, "VolumeConfig") == [
        {
            "apiVersion": "v1alpha1",
            "kind": "VolumeConfig",
            "name": "STATE",
            "encryption": {"provider": "luks2", "keys": [{"slot": 0, "tpm": {}}]},
        },
        {"apiVersion": "v1alpha1", "kind": "VolumeConfig", "name": "EPHEMERAL", "mount": {"secure": True}},
    ]


def test_scheduling_on_control_planes_is_said_in_the_contracts_own_way() -> None:
    old = machine_documents(cluster(schedule_on_control_planes=True), control_plane(), SECRETS)
    assert old[0]["cluster"]["allowSchedulingOnControlPlanes"] is True
    new = machine_documents(cluster(Contract.V1_14, schedule_on_control_planes=True), control_plane(), SECRETS)
    assert "taints" not in of_kind(new, "KubeNodeConfig")[0]


def test_workload_isolation_can_be_switched_off() -> None:
    documents = machine_documents(cluster(Contract.V1_14, workload_isolation=False), worker(), SECRETS)
    assert of_kind(documents, "SecurityProfileConfig")[0]["workloadIsolation"] is False


def test_worker_without_labels_and_taints_has_none() -> None:
    bare = worker(labels={}, taints={}, volumes=())
    document = of_kind(machine_documents(cluster(Contract.V1_14), bare, SECRETS), "KubeNodeConfig")[0]
    assert list(document) == ["apiVersion", "kind", "nodeIP"]
    machine = machine_documents(cluster(), bare, SECRETS)[0]["machine"]
    assert "nodeLabels" not in machine
    assert "nodeTaints" not in machine


@pytest.mark.parametrize(
    ("expression", "section"),
    [
        ('disk.dev_path == "/dev/sda"', {"disk": "/dev/sda"}),
        ('disk.serial == "S1"', {"diskSelector": {"serial": "S1"}}),
        ("disk.size > 1u * GB", {}),
    ],
)
def test_metal_disk_in_contract_1_13(expression: str, section: dict[str, object]) -> None:
    install = machine_documents(cluster(), worker(install_disk=expression), SECRETS)[0]["machine"]["install"]
    assert install == section | {
        "image": "factory.talos.dev/nocloud-installer/abc:v1.13.9",
        "wipe": False,
        "grubUseUKICmdline": True,
    }


def test_metal_disk_in_contract_1_14() -> None:
    node = worker(install_disk="disk.size > 1u * GB")
    documents = machine_documents(cluster(Contract.V1_14), node, SECRETS)
    assert of_kind(documents, "UnattendedInstallConfig") == [
        {
            "apiVersion": "v1alpha1",
            "kind": "UnattendedInstallConfig",
            "installer": {"image": "factory.talos.dev/nocloud-installer/abc:v1.13.9"},
            "provisioning": {"diskSelector": {"match": "disk.size > 1u * GB"}, "wipe": False},
        }
    ]


def _base64(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
