"""Drains, gates and manifests against the simulated API server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from provision.talos.configuration import Mode, apply_configuration, hide_secrets
from provision.talos.error import DeadlinePassed, Unreachable
from provision.talos.kubeconfig import fetch_kubeconfig
from provision.talos.kubernetes.client import Kubernetes, KubernetesRefused, Object, from_kubeconfig
from provision.talos.kubernetes.drain import _evict, _is_evictable, cordon, delete_node, drain, nodes, uncordon
from provision.talos.kubernetes.manifests import Pruned, UnknownKind, apply_manifests, path_of, prune
from provision.talos.kubernetes.rollout import wait_for_kubelet, wait_for_static_pod
from provision.talos.resource import bootstrap_manifests, component
from provision.talos.waiting import wait_until_ready
from tests.provision.talos.talos_site import CONTROL_PLANES, LONG, VIP, WORKER, Cluster, running_site

FIRST = CONTROL_PLANES[0]


@contextlib.asynccontextmanager
async def with_kubernetes() -> AsyncIterator[tuple[Cluster, Kubernetes]]:
    """One control plane, one worker, both ready, and a client of their API server."""
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        await cluster.configure(WORKER)
        for node in (FIRST, WORKER):
            await wait_until_ready(cluster.waiter, cluster.talos, node, LONG)
        while cluster.site.api_node(VIP) is None:
            await asyncio.sleep(0.02)
        async with cluster.talos.connect(FIRST) as session:
            kubernetes = from_kubeconfig(await fetch_kubeconfig(session), cluster.talos.addresses)
        state = cluster.site.clusters[0].kubernetes
        state.cni = True
        while not (state.is_ready(FIRST.name) and state.is_ready(WORKER.name)):
            await asyncio.sleep(0.02)
        yield cluster, kubernetes


async def test_a_drain_waits_for_the_budget_and_leaves_what_comes_back() -> None:
    async with with_kubernetes() as (cluster, kubernetes):
        state = cluster.site.clusters[0].kubernetes
        state.add_workload("media", "jellyfin", [WORKER.name, WORKER.name], min_available=1)
        state.add_workload("kube-system", "cilium", [WORKER.name], daemon=True)
        cluster.site.faults.set("eviction-refused", match=WORKER.name, times=3)
        evicted = await drain(kubernetes, WORKER.name, cluster.waiter, LONG)
        assert sorted(evicted) == ["media/jellyfin-0", "media/jellyfin-1"]
        left = [key for key, pod in state.pods.items() if pod["spec"].get("nodeName") == WORKER.name]
        assert left == ["kube-system/cilium-0"]
        assert (await nodes(kubernetes))[WORKER.name]["spec"] == {"unschedulable": True}
        assert await uncordon(kubernetes, WORKER.name)
        assert (await nodes(kubernetes))[WORKER.name]["spec"] == {}


async def test_a_drain_that_a_budget_never_lets_end_says_so_and_leaves_the_node_closed() -> None:
    async with with_kubernetes() as (cluster, kubernetes):
        cluster.site.clusters[0].kubernetes.add_workload("media", "jellyfin", [WORKER.name])
        cluster.site.faults.set("eviction-refused", times=None)
        with pytest.raises(DeadlinePassed) as caught:
            await drain(kubernetes, WORKER.name, cluster.waiter, 300)
        assert str(caught.value) == (
            "waited 300 s for talos-4 to be drained: media/jellyfin-0 is held by a disruption budget"
        )
        assert (await nodes(kubernetes))[WORKER.name]["spec"]["unschedulable"]


async def test_an_unknown_node_is_neither_closed_nor_deleted() -> None:
    async with with_kubernetes() as (_, kubernetes):
        assert not await cordon(kubernetes, "nobody")
        assert not await delete_node(kubernetes, "nobody")
        assert await delete_node(kubernetes, WORKER.name)


async def test_an_upgrade_of_kubernetes_is_seen_arriving() -> None:
    async with with_kubernetes() as (cluster, kubernetes):
        changed = cluster.config(FIRST, kubernetes_version="1.36.4")
        async with cluster.talos.connect(FIRST) as session:
            await apply_configuration(session, changed, mode=Mode.NO_REBOOT)
            wanted = await component(session, "kube-apiserver")
        waiter = cluster.waiter
        await wait_for_static_pod(kubernetes, "kube-apiserver", FIRST.address, wanted.version, waiter, LONG)
        await wait_for_kubelet(kubernetes, FIRST.name, "1.36.4", waiter, LONG)
        assert await kubernetes.version() == "v1.36.4"
        async with cluster.talos.connect(FIRST) as session:
            paths = await apply_manifests(kubernetes, await bootstrap_manifests(session))
        assert paths == (
            "/api/v1/namespaces/kube-system/serviceaccounts/coredns",
            "/api/v1/namespaces/kube-system/configmaps/coredns",
        )
        assert (await kubernetes.get(paths[1]))["data"] == {"version": "v1.36.4"}
        for address, text in (
            ("10.0.10.99", "waited 50 s for kube-apiserver on 10.0.10.99: there is no such pod"),
            (FIRST.address, "waited 50 s for kube-apiserver on 10.0.10.11: it runs config version 2, not 9"),
        ):
            with pytest.raises(DeadlinePassed) as caught:
                await wait_for_static_pod(kubernetes, "kube-apiserver", address, "9", waiter, 50)
            assert str(caught.value) == text
        for node, version, text in (
            ("nobody", "1.36.4", "Kubernetes does not know it"),
            (WORKER.name, "1.36.4", "its kubelet runs v1.36.3"),
        ):
            with pytest.raises(DeadlinePassed) as late:
                await wait_for_kubelet(kubernetes, node, version, waiter, 50)
            assert str(late.value) == f"waited 50 s for the kubelet of {node} to run {version}: {text}"
        cluster.site.clusters[0].kubernetes.cni = False
        await wait_for_kubelet(kubernetes, WORKER.name, "v1.36.3", waiter, LONG, ready=False)


def _more(kind: str, name: str, namespace: str | None = "kube-system") -> Object:
    place = {"name": name, **({"namespace": namespace} if namespace else {})}
    version = "rbac.authorization.k8s.io/v1" if kind == "ClusterRole" else "v1"
    return {"apiVersion": version, "kind": kind, "metadata": place}


async def test_manifests_that_left_are_pruned_and_what_is_another_s_stays() -> None:
    async with with_kubernetes() as (cluster, kubernetes):
        wanted: tuple[Object, ...] = ()
        missing: Any = Refusing(404)
        assert await prune(missing, wanted) == Pruned()
        forbidden: Any = Refusing(403)
        with pytest.raises(KubernetesRefused):
            await prune(forbidden, wanted)
        rows = [("ConfigMap", "old-dns"), ("ConfigMap", "in-git"), ("ConfigMap", "gone"), ("ConfigMap", "new-dns")]
        cluster.site.more_manifests = [_more(kind, name) for kind, name in rows]
        cluster.site.more_manifests += [_more("ClusterRole", "system:old", None), _more("Namespace", "old", None)]
        inventory = "/api/v1/namespaces/kube-system/configmaps/talos-bootstrap-manifests-inventory"
        while len((await kubernetes.get(inventory))["data"]) < 8:
            await asyncio.sleep(0.02)
        await kubernetes.patch(inventory, {"data": {"_x_flux.example.org_Widget": "{}", "_x__Nonsense": "{}"}})
        await kubernetes.delete("/api/v1/namespaces/kube-system/configmaps/gone")
        mark = {"metadata": {"annotations": {"config.k8s.io/owning-inventory": None}}}
        await kubernetes.patch("/api/v1/namespaces/kube-system/configmaps/in-git", mark)
        cluster.site.more_manifests = [_more("ConfigMap", "new-dns")]
        async with cluster.talos.connect(FIRST) as session:
            wanted = await bootstrap_manifests(session)
        await apply_manifests(kubernetes, wanted)
        found = await prune(kubernetes, wanted)
        assert found.deleted == (
            "_system__old_rbac.authorization.k8s.io_ClusterRole",
            "kube-system_gone__ConfigMap",
            "kube-system_old-dns__ConfigMap",
        )
        assert found.left == (
            "_old__Namespace: a Namespace takes more with it than itself: delete it by hand",
            "_x__Nonsense: its kind is not known here",
            "_x_flux.example.org_Widget: its kind is not known here",
            "kube-system_in-git__ConfigMap: it does not bear the inventory's mark: somebody else has it now",
        )
        kept = {key[1:] for key in cluster.site.clusters[0].kubernetes.objects}
        assert ("configmaps", "kube-system", "old-dns") not in kept
        assert ("clusterroles", "", "system:old") not in kept
        assert {("namespaces", "", "old"), ("configmaps", "kube-system", "in-git")} <= kept
        assert await prune(kubernetes, wanted) == Pruned(left=found.left)
        assert (await kubernetes.get("/api/v1/namespaces/kube-system/configmaps/new-dns"))["metadata"]["annotations"]


async def test_the_api_server_is_asked_and_its_refusals_are_told_whole() -> None:
    async with with_kubernetes() as (cluster, kubernetes):
        assert await kubernetes.is_ready()
        cluster.site.faults.set("api-server-unready")
        assert not await kubernetes.is_ready()
        with pytest.raises(KubernetesRefused) as caught:
            await kubernetes.get("/api/v1/nodes/nobody")
        assert str(caught.value) == (
            'https://10.0.10.10:6443: refused GET /api/v1/nodes/nobody, 404: nodes "nobody" not found'
        )
        assert "SSLContext" not in repr(kubernetes)
        await cluster.power_off(FIRST)
        with pytest.raises(Unreachable) as gone:
            await kubernetes.is_ready()
        assert str(gone.value) == "https://10.0.10.10:6443: gave no answer for GET /readyz, Connection refused"


class Refusing:
    """An API server that refuses every call with one code."""

    def __init__(self, code: int) -> None:
        self.code = code

    async def get(self, path: str) -> None:
        await self.post(path, None)

    async def post(self, path: str, body: object) -> None:
        raise KubernetesRefused(f"{path}: {self.code}", self.code)


def pod(**changes: Any) -> dict[str, Any]:
    metadata = {"namespace": "media", "name": "jellyfin-0", **changes}
    return {"metadata": metadata, "status": {"phase": "Running"}}


async def test_an_eviction_that_is_refused_is_pending_gone_or_an_error() -> None:
    evicted: list[str] = []
    held = await _evict(Refusing(429), pod(), evicted)  # type: ignore[arg-type]  # a fake of the one method used
    assert held == "media/jellyfin-0 is held by a disruption budget"
    assert await _evict(Refusing(404), pod(), evicted) is None  # type: ignore[arg-type]  # see above
    with pytest.raises(KubernetesRefused):
        await _evict(Refusing(403), pod(), evicted)  # type: ignore[arg-type]  # see above
    assert await _evict(Refusing(403), pod(deletionTimestamp="now"), evicted) is None  # type: ignore[arg-type]  # see above
    assert evicted == []


def test_pods_that_end_or_come_back_by_themselves_are_not_evicted() -> None:
    assert _is_evictable(pod())
    assert not _is_evictable(pod(annotations={"kubernetes.io/config.mirror": "x"}))
    assert not _is_evictable(pod(ownerReferences=[{"kind": "DaemonSet"}]))
    assert not _is_evictable({**pod(), "status": {"phase": "Succeeded"}})


def test_paths_follow_group_and_scope() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "system:x"}}
    assert path_of(role) == "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:x"
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}
    assert path_of(service) == "/api/v1/namespaces/default/services/x"
    with pytest.raises(UnknownKind) as caught:
        path_of({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}})
    assert str(caught.value).startswith("the bootstrap manifests hold the kind 'Pod', known are ClusterRole, ")


def test_a_nodes_words_lose_the_secrets_that_they_quote() -> None:
    text = "machine:\n  token: abcdef.0123456789abcdef\n  ca:\n    key: LS0tLS1CRUdJTg==\n  type: worker\n"
    message = "yaml: cannot unmarshal `LS0tLS1CRUdJTg==` or 'abcdef.0123456789abcdef' of worker"
    assert hide_secrets(message, text) == "yaml: cannot unmarshal `…` or '…' of worker"
