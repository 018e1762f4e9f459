"""The simulated API server, met by the real kubectl and by plain requests with the fetched kubeconfig."""

import asyncio
import base64
import json
import shutil
import ssl
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from provision.talos.kubeconfig import Kubeconfig, fetch_kubeconfig
from provision.talos.waiting import wait_until_ready
from tests.provision.talos.talos_site import CONTROL_PLANES, LONG, VIP, WORKER, Cluster, running_site

FIRST = CONTROL_PLANES[0]
KUBECTL = next((str(p) for p in [Path(".tools/bin/kubectl").absolute()] if p.exists()), shutil.which("kubectl"))


async def kubeconfig_of(cluster: Cluster) -> Kubeconfig:
    while cluster.site.api_node(VIP) is None:
        await asyncio.sleep(0.02)
    async with cluster.talos.connect(FIRST) as session:
        fetched = await fetch_kubeconfig(session)
    host, port = cluster.talos.real_place(VIP, 6443)
    return fetched.through(f"https://{host}:{port}", VIP)


class Api:
    """The API server through a kubeconfig."""

    def __init__(self, config: Kubeconfig, folder: Path, *, with_certificate: bool = True) -> None:
        document = yaml.safe_load(config.text)
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        self.server, self.name = cluster["server"], cluster["tls-server-name"]
        self.context = ssl.create_default_context(
            cadata=base64.b64decode(cluster["certificate-authority-data"]).decode()
        )
        self.context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
        if with_certificate:
            pem = folder / "client.pem"
            pem.write_bytes(b"".join(base64.b64decode(user[f"client-{p}-data"]) for p in ("certificate", "key")))
            self.context.load_cert_chain(pem)

    async def call(
        self, method: str, path: str, body: object = None, kind: str = "application/json"
    ) -> tuple[int, Any]:
        text = body if isinstance(body, str) else json.dumps(body)
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                method,
                self.server + path,
                data=text if body is not None else None,
                headers={"Content-Type": kind},
                ssl=self.context,
                server_hostname=self.name,
            ) as response,
        ):
            content = await response.text()
            return response.status, json.loads(content) if content.startswith("{") else content


@pytest.mark.skipif(KUBECTL is None, reason="no kubectl on this machine")
async def test_the_real_kubectl_gets_its_answers(tmp_path: Path) -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        path = tmp_path / "kubeconfig"
        path.write_text((await kubeconfig_of(cluster)).text)
        await wait_until_ready(cluster.waiter, cluster.talos, FIRST, LONG)

        async def kubectl(*arguments: str) -> str:
            process = await asyncio.create_subprocess_exec(
                str(KUBECTL),
                *arguments,
                env={"KUBECONFIG": str(path), "HOME": str(tmp_path)},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            output, _ = await process.communicate()
            return output.decode()

        assert "Server Version: v1.36.3" in await kubectl("version")
        assert await kubectl("get", "--raw", "/readyz") == "ok"
        assert "talos-1" in await kubectl("get", "nodes")


async def test_without_a_certificate_only_health_is_told(tmp_path: Path) -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        config = await kubeconfig_of(cluster)
        nobody = Api(config, tmp_path, with_certificate=False)
        assert await nobody.call("GET", "/readyz") == (200, "ok")
        status, body = await nobody.call("GET", "/version")
        assert (status, body["message"]) == (401, "Unauthorized")
        cluster.site.faults.set("api-server-unready")
        assert (await nobody.call("GET", "/readyz"))[0] == 500


async def test_a_drain_meets_its_disruption_budget(tmp_path: Path) -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        await cluster.configure(WORKER)
        await wait_until_ready(cluster.waiter, cluster.talos, WORKER, LONG)
        api = Api(await kubeconfig_of(cluster), tmp_path)
        kubernetes = cluster.site.clusters[0].kubernetes
        kubernetes.cni = True
        while not (kubernetes.is_ready("talos-1") and kubernetes.is_ready("talos-4")):
            await asyncio.sleep(0.02)
        kubernetes.add_workload("media", "jellyfin", ["talos-4", "talos-4"], min_available=1)
        merge = "application/strategic-merge-patch+json"
        status, node = await api.call("PATCH", "/api/v1/nodes/talos-4", {"spec": {"unschedulable": True}}, merge)
        assert (status, node["spec"]["unschedulable"]) == (200, True)
        _, pods = await api.call("GET", "/api/v1/pods?fieldSelector=spec.nodeName%3Dtalos-4")
        assert [pod["metadata"]["name"] for pod in pods["items"]] == ["jellyfin-0", "jellyfin-1"]
        path = "/api/v1/namespaces/media/pods/jellyfin-0/eviction"
        eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "jellyfin-0"}}
        cluster.site.faults.set("eviction-refused", match="talos-4")
        status, refused = await api.call("POST", path, eviction)
        assert (status, refused["reason"]) == (429, "TooManyRequests")
        assert (await api.call("POST", path, eviction))[0] == 201
        assert (await api.call("POST", path, eviction))[0] == 404
        assert (await api.call("POST", path.replace("-0/", "-1/"), {"kind": "Eviction"}))[0] == 400
        moved = [pod for pod in kubernetes.pods.values() if pod["spec"].get("nodeName") == "talos-1"]
        assert "jellyfin" in {pod["metadata"]["labels"].get("app") for pod in moved}
        status, _ = await api.call("PATCH", "/api/v1/nodes/talos-4", {"spec": {"unschedulable": None}}, merge)
        assert (status, "unschedulable" in kubernetes.nodes["talos-4"]["spec"]) == (200, False)
        kubernetes.budgets["media/jellyfin"]["minAvailable"] = 2
        status, _ = await api.call("POST", path.replace("-0/", "-1/"), eviction)
        assert status == 429


async def test_nodes_and_objects_are_read_applied_and_deleted(tmp_path: Path) -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        api = Api(await kubeconfig_of(cluster), tmp_path)
        await wait_until_ready(cluster.waiter, cluster.talos, FIRST, LONG)
        path = "/api/v1/namespaces/kube-system/configmaps/mine"
        item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine", "namespace": "kube-system"}}
        apply = "application/apply-patch+yaml"
        assert (await api.call("PATCH", path, item))[0] == 415
        assert (await api.call("PATCH", path, item, apply))[0] == 400
        assert (await api.call("PATCH", path + "?fieldManager=talos", item, apply))[0] == 201
        assert (await api.call("PATCH", path + "?fieldManager=talos", item, apply))[0] == 200
        assert (await api.call("PATCH", path + "?fieldManager=other", item, apply))[0] == 409
        assert (await api.call("PATCH", path + "?fieldManager=other&force=true", item, apply))[0] == 200
        assert (await api.call("PATCH", path + "x?fieldManager=talos", item, apply))[0] == 400
        assert (await api.call("GET", path))[1]["kind"] == "ConfigMap"
        assert (await api.call("DELETE", path))[0] == 200
        assert (await api.call("GET", path))[0] == 404
        daemon = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "cilium"}}
        target = "/apis/apps/v1/namespaces/kube-system/daemonsets/cilium?fieldManager=argocd"
        assert (await api.call("PATCH", target, daemon, apply))[0] == 201
        assert cluster.site.clusters[0].kubernetes.cni
        assert (await api.call("GET", "/api/v1/nodes"))[1]["items"][0]["metadata"]["name"] == "talos-1"
        assert (await api.call("GET", "/api/v1/nodes/talos-1"))[0] == 200
        assert (await api.call("GET", "/api/v1/nodes/nobody"))[0] == 404
        assert (await api.call("PATCH", "/api/v1/nodes/nobody", {}))[0] == 404
        assert (await api.call("PATCH", "/api/v1/nodes/talos-1", {}))[0] == 415
        assert (await api.call("GET", "/api/v1/pods?fieldSelector=status.phase%3DRunning"))[0] == 400
        pods = "/api/v1/namespaces/kube-system/pods"
        while not (await api.call("GET", pods + "?labelSelector=k8s-app%3Dkube-scheduler"))[1]["items"]:
            await asyncio.sleep(0.02)
        _, pod = await api.call("GET", f"{pods}/kube-scheduler-talos-1")
        assert pod["metadata"]["annotations"]["talos.dev/config-version"] == "1"
        assert (await api.call("DELETE", "/api/v1/nodes/nobody"))[0] == 404
        assert (await api.call("DELETE", "/api/v1/nodes/talos-1"))[0] == 200
