"""The simulator itself: strict like a node, usable from another process, honest about time."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from grpclib.client import Channel, UnaryUnaryMethod
from grpclib.config import Configuration
from grpclib.exceptions import GRPCError

from provision.secrets.access import talos_access
from provision.talos.connection import Talos, parse_address_map
from provision.talos.error import Node
from provision.talos.machine import version
from provision.talos.probe import Presence
from provision.talos.tls import secure_context
from provision.talos.wait import RealClock, Waiter
from provision.talos.waiting import wait_for_presence
from tests.provision.talos.talos_site import BUNDLE, CONTROL_PLANES, START, running_site
from tests.simulators.talos.clock import Clock
from tests.simulators.talos.machineconfig import ConfigRefused, understand
from tests.simulators.talos.wire import make, message

FIRST = CONTROL_PLANES[0]
PEM = base64.b64encode(b"pem").decode()


def documents(role: str = "controlplane", **machine: object) -> list[dict[str, Any]]:
    key = PEM if role == "controlplane" else ""
    return [
        {
            "version": "v1alpha1",
            "machine": {"type": role, "ca": {"crt": PEM, "key": key}, **machine},
            "cluster": {"controlPlane": {"endpoint": "https://10.0.10.10:6443"}},
        }
    ]


def document(kind: str, **fields: object) -> dict[str, Any]:
    return {"apiVersion": "v1alpha1", "kind": kind, **fields}


CONFIGS: list[tuple[list[dict[str, Any]], str]] = [
    ([], "configuration needs exactly one v1alpha1 document"),
    (documents("init"), 'unknown machine type "init"'),
    ([{**documents()[0], "persist": False}], ".persist should be enabled"),
    (documents(ca={"crt": PEM}), "issuing CA key is required for controlplane nodes (.machine.ca.key)"),
    (
        documents("worker", ca={"crt": PEM, "key": PEM}),
        "issuing Talos API CA key is not allowed on non-controlplane nodes (.machine.ca)",
    ),
    (
        documents("worker", ca={}),
        "trusted CA certificates are required (.machine.ca.crt, .machine.acceptedCAs)",
    ),
    (
        [{**documents()[0], "cluster": {"controlPlane": {"endpoint": "x"}}}],
        "cluster endpoint is not a valid URL",
    ),
    (
        [*documents(), document("KubeletConfig", image="x")],
        'error decoding document v1alpha1/KubeletConfig: "KubeletConfig" "v1alpha1": not registered',
    ),
    (
        [*documents(), document("HostnameConfig", hostname="x", fqdn="y")],
        "unknown keys found during decoding:\nHostnameConfig: fqdn",
    ),
    ([*documents(), document("Layer2VIPConfig", name="10.0.10.10")], "Layer2VIPConfig: link is required"),
    (
        [*documents("worker"), document("Layer2VIPConfig", name="10.0.10.10", link="x")],
        "Layer2VIPConfig is not allowed on non-controlplane nodes",
    ),
    (
        [*documents(), document("HostnameConfig"), document("HostnameConfig")],
        "document HostnameConfig/ is duplicated",
    ),
]


@pytest.mark.parametrize(("config", "text"), CONFIGS, ids=[row[1] for row in CONFIGS])
def test_a_node_refuses_what_the_real_one_would(config: list[dict[str, Any]], text: str) -> None:
    with pytest.raises(ConfigRefused) as caught:
        understand(yaml.safe_dump_all(config), "v1.13.9")
    assert str(caught.value) == text


def test_old_and_new_form_of_one_setting_are_refused_together() -> None:
    config = documents()
    config[0]["cluster"]["apiServer"] = {"image": "x"}
    config.append(document("KubeAPIServerConfig", image="x"))
    with pytest.raises(ConfigRefused) as caught:
        understand(yaml.safe_dump_all(config), "v1.14.1")
    assert str(caught.value) == ".cluster.apiServer is already set, conflicts with KubeAPIServerConfig"


def test_text_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(ConfigRefused) as caught:
        understand("{", "v1.13.9")
    assert str(caught.value).startswith("yaml: ")


async def test_unknown_fields_and_methods_are_refused_in_grpc_words() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        host, port = cluster.talos.real_place(FIRST.address)
        settings = Configuration(ssl_target_name_override=FIRST.address)
        channel = Channel(host, port, ssl=secure_context(talos_access(BUNDLE, START)), config=settings)
        empty = message("google.protobuf.Empty")

        async def call(path: str, request: Any) -> str:
            method = UnaryUnaryMethod(channel, path, type(request), empty)
            with pytest.raises(GRPCError) as caught:
                await method(request)
            return f"{caught.value.status.name}: {caught.value.message}"

        # two fields that Bootstrap does not have, one of them where another message keeps text
        strange = make("machine.EtcdMember", id=7, hostname="x")
        assert await call("/machine.MachineService/Bootstrap", strange) == (
            "INVALID_ARGUMENT: machine.BootstrapRequest: unknown field 3"
        )
        assert await call("/machine.MachineService/Memory", empty()) == (
            "UNIMPLEMENTED: the simulator does not have this method"
        )
        channel.close()


async def test_time_can_be_turned_and_moved() -> None:
    clock = Clock(0)
    sleeper = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0.1)
    assert not sleeper.done()
    clock.advance(3600)
    await asyncio.wait_for(sleeper, 2)
    clock.turn(1_000_000)
    before = clock.now()
    await asyncio.sleep(0.01)
    assert clock.now() - before > 1000


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """Run the simulator in a process of its own, one node on, one off."""
    nodes = tmp_path / "nodes.json"
    rows = [
        {"name": "talos-1", "address": "10.0.10.11"},
        {"name": "talos-2", "address": "10.0.10.12", "version": "v1.14.1", "on": False},
    ]
    nodes.write_text(json.dumps({"nodes": rows, "reserve": ["10.0.10.10"]}))
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.simulators.talos", "--nodes", str(nodes), "--rate", "1000"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert started.stdout is not None
    yield json.loads(await started.stdout.readline())
    started.terminate()
    assert await started.wait() == 0


async def test_another_process_serves_and_is_controlled(process: dict[str, Any]) -> None:
    talos = Talos(None, parse_address_map(process["map"]), timeout_s=10)
    waiter = Waiter(RealClock(1000), every_s=20)
    await wait_for_presence(waiter, talos, FIRST, [Presence.MAINTENANCE], 20_000)
    async with aiohttp.ClientSession(process["control"]) as http:

        async def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
            async with http.request(method, path, json=body) as response:
                return response.status, await response.json()

        assert (await ask("POST", "/nodes/10.0.10.12/power", {"on": True}))[1] == {"stage": "booting"}
        second = Node("talos-2", "10.0.10.12")
        await wait_for_presence(waiter, talos, second, [Presence.MAINTENANCE], 20_000)
        async with talos.connect_maintenance(second) as session:
            assert (await version(session)).tag == "v1.14.1"
        assert (await ask("POST", "/nodes/10.0.10.12/power", {"on": False}))[1] == {"stage": "off"}
        assert "uuid" in (await ask("POST", "/nodes", {"name": "talos-3", "address": "10.0.10.13"}))[1]
        assert (await ask("DELETE", "/nodes/10.0.10.13"))[0] == 200
        assert "10.0.10.14:6443" in (await ask("POST", "/reserve", {"addresses": ["10.0.10.14"]}))[1]
        assert "10.0.10.13:50000" in (await ask("GET", "/map"))[1]
        assert (await ask("POST", "/faults", {"kind": "apply-busy", "times": None}))[0] == 200
        assert [fault["kind"] for fault in (await ask("GET", "/faults"))[1]] == ["apply-busy"]
        assert (await ask("DELETE", "/faults"))[0] == 200
        status, refused = await ask("POST", "/faults", {"kind": "nonsense"})
        assert (status, refused["error"].partition(",")[0]) == (400, "ValueError: no fault 'nonsense'")
        assert (await ask("POST", "/settings", {"latency": 1, "timing": {"boot": 5}, "cni": True}))[0] == 200
        assert (await ask("POST", "/settings", {"timing": {"nonsense": 5}}))[0] == 400
        assert (await ask("POST", "/clock", {"rate": 500, "advance": 10}))[1]["now"] > 0
        assert "talos-1 /machine.MachineService/Version" in (await ask("GET", "/calls"))[1]
        state = (await ask("GET", "/state"))[1]
        assert state["nodes"]["10.0.10.11"]["stage"] == "maintenance"
        assert state["splits"] == []


async def test_state_shows_members_and_workloads() -> None:
    from aiohttp.test_utils import TestClient, TestServer

    from tests.simulators.talos.control import build

    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with TestClient(TestServer(build(cluster.site))) as http:
            wanted = {"cluster": BUNDLE.cluster_id, "namespace": "media", "app": "jellyfin", "nodes": ["talos-1"]}
            assert (await http.post("/workloads", json=wanted)).status == 200
            assert (await http.post("/settings", json={"cni": True, "operator": "10.0.20.5"})).status == 200
            state = await (await http.get("/state")).json()
        assert state["clusters"][0]["members"] == {"talos-1": {"learner": False, "started": True}}
        assert "media/jellyfin-0" in state["clusters"][0]["kubernetes"]["pods"]
        assert cluster.site.clusters[0].kubernetes.cni


async def test_metal_installs_before_it_runs() -> None:
    async with running_site(control_planes=1) as cluster:
        node = cluster.site.nodes[FIRST.address]
        node.platform = "metal"
        with pytest.raises(Exception, match="either install disk or diskSelector should be defined"):
            await cluster.configure(FIRST)
        assert node.stage == "maintenance"
        boot = node.boot_id
        text = cluster.config(FIRST).replace("  install:\n", "  install:\n    disk: /dev/sda\n")
        from provision.talos.configuration import apply_configuration

        async with cluster.talos.connect_maintenance(FIRST) as session:
            await apply_configuration(session, text)
        await wait_for_presence(cluster.waiter, cluster.talos, FIRST, [Presence.CONFIGURED], 30_000)
        assert node.boot_id != boot
