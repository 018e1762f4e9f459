"""Every mirrored rule: what we generate passes, what Talos would refuse is said whole."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from generator.finding import Finding, Place
from provision.machineconfig.generate import machine_documents
from provision.machineconfig.inputs import check_cluster, check_node
from provision.machineconfig.model import Cluster, Contract, Document, EncryptionKey, Node, Volume
from provision.machineconfig.rules import RULES, check_documents
from tests.provision.machineconfig.machineconfig_samples import SECRETS, cluster, control_plane, worker

PLACE = Place("values/inventory/prod.yaml", 30, 3)
OLD, NEW = Contract.V1_13, Contract.V1_14
Edit = Callable[[list[Document]], object]


def judge(contract: Contract, node: Node, edit: Edit, *, metal: bool = False) -> list[Finding]:
    documents = deepcopy(machine_documents(cluster(contract), node, SECRETS))
    edit(documents)
    return check_documents(documents, contract, subject=node.name, place=PLACE, metal=metal)


@pytest.mark.parametrize("contract", Contract)
@pytest.mark.parametrize("node", [control_plane(), worker(), worker(labels={}, taints={})])
def test_generated_configurations_pass(contract: Contract, node: Node) -> None:
    assert judge(contract, node, lambda documents: None) == []
    assert check_cluster(cluster(contract), PLACE) == []
    assert check_node(cluster(contract), node, PLACE) == []


def put(path: str, value: object) -> Edit:
    def edit(documents: list[Document]) -> None:
        target = documents[0]
        *parents, last = path.split(".")
        for key in parents:
            target = target.setdefault(key, {})
        target[last] = value

    return edit


def add(kind: str, **fields: object) -> Edit:
    return lambda documents: documents.append({"apiVersion": "v1alpha1", "kind": kind, **fields})


def change(kind: str, **fields: object) -> Edit:
    def edit(documents: list[Document]) -> None:
        next(document for document in documents if document.get("kind") == kind).update(fields)

    return edit


def drop(kind: str) -> Edit:
    def edit(documents: list[Document]) -> None:
        documents[:] = [document for document in documents if document.get("kind") != kind]

    return edit


CP, WORKER = control_plane(), worker()
REFUSED: list[tuple[str, Contract, Node, Edit, str]] = [
    ("main-document", OLD, CP, lambda d: d.clear(), "'talos-1' has 0 v1alpha1 documents, expected one"),
    (
        "machine-type",
        OLD,
        CP,
        put("machine.type", "init"),
        "'talos-1' has machine type 'init', expected controlplane or worker",
    ),
    ("talos-authority", OLD, CP, put("machine.ca.key", ""), "'talos-1' has no complete Talos authority"),
    (
        "talos-authority",
        OLD,
        WORKER,
        put("machine.ca.key", "x"),
        "'talos-4' has the key of Talos' authority on a worker",
    ),
    ("talos-authority", OLD, WORKER, put("machine.ca.crt", ""), "'talos-4' has no Talos authority to trust"),
    ("worker-secrets", OLD, WORKER, put("cluster.ca.key", "x"), "'talos-4' has cluster.ca.key on a worker"),
    (
        "worker-secrets",
        OLD,
        WORKER,
        put("cluster.secretboxEncryptionSecret", "x"),
        "'talos-4' has the key of etcd's encryption on a worker",
    ),
    (
        "worker-secrets",
        OLD,
        WORKER,
        add("Layer2VIPConfig", name="10.0.10.10", link="net0"),
        "'talos-4' has Layer2VIPConfig on a worker",
    ),
    (
        "worker-secrets",
        NEW,
        WORKER,
        change("KubeAPIServerCAConfig", issuingCA={}),
        "'talos-4' has the issuing Kubernetes authority on a worker",
    ),
    (
        "endpoint",
        OLD,
        CP,
        put("cluster.controlPlane.endpoint", "http://x"),
        "'talos-1' has the cluster endpoint 'http://x', expected https://ADDRESS:6443",
    ),
    (
        "endpoint",
        NEW,
        CP,
        drop("KubeClusterConfig"),
        "'talos-1' has the cluster endpoint None, expected https://ADDRESS:6443",
    ),
    ("persist", OLD, CP, put("persist", False), "'talos-1' has `persist: false`, which Talos no longer takes"),
    (
        "install",
        OLD,
        CP,
        put("machine.install.extraKernelArgs", ["a=b"]),
        "'talos-1' has `extraKernelArgs` beside `grubUseUKICmdline`",
    ),
    (
        "host-dns",
        OLD,
        CP,
        put("machine.features.hostDNS.enabled", False),
        "'talos-1' has `forwardKubeDNSToHost` without host DNS",
    ),
    (
        "cni",
        OLD,
        CP,
        put("cluster.network.cni.name", "cilium"),
        "'talos-1' has the CNI 'cilium', expected flannel, custom or none",
    ),
    ("cni", OLD, CP, put("cluster.network.cni.urls", ["x"]), "'talos-1' has `cni.urls` beside the CNI 'none'"),
    ("discovery", OLD, CP, put("cluster.secret", ""), "'talos-1' has discovery without cluster id and secret"),
    ("discovery", NEW, CP, drop("DiscoveryIdentityConfig"), "'talos-1' has discovery without cluster id and secret"),
    (
        "labels",
        OLD,
        CP,
        put("machine.nodeLabels", {"a/b/c": "x"}),
        "'talos-1' has the label 'a/b/c', which is no Kubernetes label",
    ),
    (
        "labels",
        OLD,
        CP,
        put("machine.nodeLabels", {"a": "b c"}),
        "'talos-1' has the label a='b c', whose value is none",
    ),
    (
        "taints",
        OLD,
        CP,
        put("machine.nodeTaints", {"-": "NoSchedule"}),
        "'talos-1' has the taint '-', which is no Kubernetes name",
    ),
    (
        "taints",
        OLD,
        CP,
        put("machine.nodeTaints", {"a": "b:Never"}),
        "'talos-1' has the taint a='b:Never', expected [VALUE:]EFFECT",
    ),
    (
        "kinds",
        OLD,
        CP,
        add("SysctlConfig", params={}),
        "'talos-1' has the kind 'SysctlConfig', unknown to contract 1.13",
    ),
    (
        "kinds",
        OLD,
        CP,
        change("Layer2VIPConfig", vip="x"),
        "'talos-1' has the field 'vip' in Layer2VIPConfig, expected link, name",
    ),
    ("kinds", OLD, CP, change("HostnameConfig", apiVersion="v1"), "'talos-1' has HostnameConfig with apiVersion 'v1'"),
    ("repeated", OLD, CP, add("HostnameConfig"), "'talos-1' has HostnameConfig twice"),
    ("repeated", OLD, CP, add("VolumeConfig", name="STATE"), "'talos-1' has VolumeConfig STATE twice"),
    (
        "mixed-forms",
        NEW,
        CP,
        put("cluster.clusterName", "prod"),
        "'talos-1' has `cluster.clusterName` beside KubeClusterConfig, two homes of one setting",
    ),
    (
        "kube-proxy",
        NEW,
        CP,
        drop("KubeProxyConfig"),
        "'talos-1' has no KubeProxyConfig, so kube-proxy runs by the legacy default",
    ),
    ("kube-proxy", NEW, CP, change("KubeProxyConfig", image=""), "'talos-1' has KubeProxyConfig without an image"),
    (
        "volume-keys",
        OLD,
        CP,
        change("VolumeConfig", encryption={}),
        "'talos-1' has volume STATE encrypted without a key",
    ),
    (
        "volume-keys",
        OLD,
        CP,
        change("VolumeConfig", provisioning={}),
        "'talos-1' has `provisioning` on STATE, which contract 1.13 has not",
    ),
    (
        "volume-keys",
        OLD,
        CP,
        change("VolumeConfig", encryption={"keys": [{"slot": 0, "nodeID": {}}, {"slot": 0, "tpm": {}}]}),
        "'talos-1' has volume STATE with key slot 0 twice",
    ),
    (
        "volume-keys",
        OLD,
        CP,
        change("VolumeConfig", encryption={"keys": [{"slot": 1, "nodeID": {}, "tpm": {}}]}),
        "'talos-1' has volume STATE with key slot 1 of no single kind",
    ),
    (
        "volume-keys",
        OLD,
        CP,
        change("VolumeConfig", encryption={"keys": [{"slot": 0, "nodeID": {}, "lockToState": True}]}),
        "'talos-1' has `lockToState` on STATE, which cannot be locked to itself",
    ),
    (
        "etcd-encryption",
        OLD,
        CP,
        put("cluster.secretboxEncryptionSecret", ""),
        "'talos-1' has no encryption of etcd, so Secrets lie in it in clear text",
    ),
    (
        "etcd-encryption",
        NEW,
        CP,
        drop("KubeEtcdEncryptionConfig"),
        "'talos-1' has no encryption of etcd, so Secrets lie in it in clear text",
    ),
]


@pytest.mark.parametrize(("rule", "contract", "node", "edit", "message"), REFUSED, ids=[row[4] for row in REFUSED])
def test_rule_refuses(rule: str, contract: Contract, node: Node, edit: Edit, message: str) -> None:
    findings = judge(contract, node, edit)
    assert [(finding.rule, finding.message) for finding in findings] == [(f"machineconfig/{rule}", message)]
    assert findings[0].place == PLACE
    assert findings[0].fix


def test_every_rule_has_a_refused_case() -> None:
    assert set(RULES) == {f"machineconfig/{row[0]}" for row in REFUSED} - {"machineconfig/main-document"}


def test_metal_needs_an_install_disk() -> None:
    assert [finding.message for finding in judge(OLD, WORKER, lambda documents: None, metal=True)] == [
        "'talos-4' has no install disk, which a metal machine needs"
    ]
    for contract in Contract:
        chosen = worker(install_disk='disk.serial == "S1"')
        assert judge(contract, chosen, lambda documents: None, metal=True) == []


BAD_CLUSTERS: list[tuple[Cluster, str]] = [
    (cluster(talos_version="1.13"), "Talos '1.13' is not a version, expected v1.13.9"),
    (cluster(NEW, talos_version="v1.13.9"), "contract 1.14 is newer than Talos v1.13.9"),
    (cluster(kubernetes_version="1.36"), "Kubernetes '1.36' is not a version, expected 1.36.3"),
    (cluster(kubernetes_version="1.37.0"), "Talos v1.13.9 runs Kubernetes 1.31 to 1.36, not 1.37.0"),
    (cluster(workload_isolation=True), "workloadIsolation is set, which contract 1.13 has not"),
    (cluster(vip="10.0.10.11"), "the VIP 10.0.10.11 is the address of 'talos-1'"),
    (cluster(vip="10.0.20.1"), "the VIP 10.0.20.1 is outside the control planes' network 10.0.10.0/24"),
    (cluster(pod_subnets=("10.0.0.0/16",)), "the range of nodes 10.0.10.0/24 overlaps that of pods 10.0.0.0/16"),
    (
        cluster(encryption={"ETCD": EncryptionKey.NODE_ID}),
        "encryption names the volume 'ETCD', expected STATE or EPHEMERAL",
    ),
]


@pytest.mark.parametrize(("bad", "message"), BAD_CLUSTERS, ids=[row[1] for row in BAD_CLUSTERS])
def test_cluster_is_refused(bad: Cluster, message: str) -> None:
    assert [finding.message for finding in check_cluster(bad, PLACE)] == [message]


BAD_NODES: list[tuple[Node, str]] = [
    (worker(name="Talos_4"), "'Talos_4' is no host name, expected lower-case letters, digits and hyphens"),
    (worker(mac="x"), "'talos-4' has the MAC 'x', expected six pairs of hex digits"),
    (worker(address="10.0.10"), "'talos-4' has the address '10.0.10', expected ADDRESS/LENGTH"),
    (worker(address="10.0.20.4/24"), "'talos-4' has 10.0.20.4, outside its network 10.0.10.0/24"),
    (worker(address="10.0.10.10/24"), "'talos-4' has 10.0.10.10, which is the VIP"),
    (worker(gateway="10.0.20.1"), "'talos-4' has the router 10.0.20.1, outside 10.0.10.0/24"),
    (
        control_plane(address="10.0.10.19/24"),
        "'talos-1' has 10.0.10.19, while the cluster knows it under 10.0.10.11",
    ),
    (
        worker(volumes=(Volume("a-name-that-is-too-long"),)),
        "'talos-4' has the disk 'a-name-that-is-too-long', expected at most 20 letters, digits and hyphens",
    ),
    (
        worker(install_disk="disk.size > 1u"),
        "'talos-4' selects its disk by 'disk.size > 1u', which contract 1.13 cannot say",
    ),
]


@pytest.mark.parametrize(("bad", "message"), BAD_NODES, ids=[row[1] for row in BAD_NODES])
def test_node_is_refused(bad: Node, message: str) -> None:
    assert [finding.message for finding in check_node(cluster(), bad, PLACE)] == [message]


def test_without_a_vip_no_rule_asks_for_one() -> None:
    single = cluster(vip=None, endpoint_address="10.0.10.11", control_planes={"talos-1": "10.0.10.11"})
    assert check_cluster(single, PLACE) == []
    assert check_node(single, CP, PLACE) == []
