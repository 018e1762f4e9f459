"""What the API server holds: nodes, pods, disruption budgets, and whatever was applied."""

import copy
import json
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]
Key = tuple[str, str, str, str]  # group/version, plural, namespace, name


class TooManyRequests(Exception):
    """An eviction would violate a disruption budget."""


@dataclass(slots=True)
class Kubernetes:
    """One cluster's objects. Everything in here is lost with etcd and comes back with its snapshot."""

    nodes: dict[str, Object] = field(default_factory=dict)
    pods: dict[str, Object] = field(default_factory=dict)  # namespace/name
    budgets: dict[str, Object] = field(default_factory=dict)  # namespace/name
    objects: dict[Key, Object] = field(default_factory=dict)
    managers: dict[Key, str] = field(default_factory=dict)
    cni: bool = False  # nodes are ready only with a network
    revision: int = 1
    evictions: list[str] = field(default_factory=list)

    def dump(self) -> Object:
        """Return everything as plain data, for a snapshot."""
        return {
            "nodes": self.nodes,
            "pods": self.pods,
            "budgets": self.budgets,
            "objects": {json.dumps(key): value for key, value in self.objects.items()},
            "cni": self.cni,
        }

    @classmethod
    def load(cls, content: Object) -> "Kubernetes":
        """Build from what `dump` returned."""
        copied = copy.deepcopy(content)
        objects: dict[Key, Object] = {}
        for text, value in copied["objects"].items():
            group, plural, namespace, name = json.loads(text)
            objects[(group, plural, namespace, name)] = value
        return cls(copied["nodes"], copied["pods"], copied["budgets"], objects, cni=copied["cni"])

    def stamp(self, item: Object) -> Object:
        """Give an object the next revision."""
        self.revision += 1
        item["metadata"]["resourceVersion"] = str(self.revision)
        return item

    def register(self, name: str, address: str, labels: dict[str, str], taints: dict[str, str], version: str) -> None:
        """Do what a kubelet does at its start: make its Node, or bring it up to date."""
        node = self.nodes.setdefault(
            name,
            {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {"name": name, "uid": f"node-{name}", "labels": {}, "annotations": {}},
                "spec": {},
                "status": {"addresses": [{"type": "InternalIP", "address": address}], "conditions": []},
            },
        )
        node["metadata"]["labels"] |= {"kubernetes.io/hostname": name, **labels}
        if taints:
            node["spec"]["taints"] = [_taint(key, value) for key, value in taints.items()]
        node["status"]["nodeInfo"] = {"kubeletVersion": version, "osImage": "Talos", "architecture": "amd64"}
        self.stamp(node)

    def set_ready(self, name: str, *, ready: bool) -> None:
        """Put a node's Ready condition."""
        node = self.nodes.get(name)
        if node is None:
            return
        reason = "KubeletReady" if ready else "NetworkPluginNotReady" if not self.cni else "NodeStatusUnknown"
        wanted = [{"type": "Ready", "status": "True" if ready else "False", "reason": reason}]
        if node["status"]["conditions"] != wanted:
            node["status"]["conditions"] = wanted
            self.stamp(node)

    def is_ready(self, name: str) -> bool:
        """Say whether a node's Ready condition is True."""
        node = self.nodes.get(name)
        return node is not None and any(c["status"] == "True" for c in node["status"]["conditions"])

    def put_static_pod(self, component: str, node: str, address: str, image: str, config_version: str) -> None:
        """Show a static pod as its mirror does, with the version of the config that it runs."""
        name = f"{component}-{node}"
        pod = _pod("kube-system", name, node, {"k8s-app": component, "tier": "control-plane"}, image)
        pod["metadata"]["annotations"] = {
            "talos.dev/config-version": config_version,
            "kubernetes.io/config.mirror": f"{component}-{config_version}",
        }
        pod["status"] |= {"hostIP": address, "podIP": address}
        old = self.pods.get(f"kube-system/{name}")
        if old is None or old["metadata"]["annotations"] != pod["metadata"]["annotations"]:
            self.pods[f"kube-system/{name}"] = self.stamp(pod)

    def add_workload(
        self, namespace: str, app: str, nodes: list[str], *, min_available: int | None = None, daemon: bool = False
    ) -> None:
        """Put one pod of an app on each node, and a disruption budget where one is wanted."""
        for index, node in enumerate(nodes):
            name = f"{app}-{index}"
            pod = _pod(namespace, name, node, {"app": app}, f"registry.invalid/{app}:1")
            kind = "DaemonSet" if daemon else "ReplicaSet"
            pod["metadata"]["ownerReferences"] = [
                {"apiVersion": "apps/v1", "kind": kind, "name": app, "controller": True}
            ]
            self.pods[f"{namespace}/{name}"] = self.stamp(pod)
        if min_available is not None:
            self.budgets[f"{namespace}/{app}"] = {"app": app, "minAvailable": min_available}

    def evict(self, namespace: str, name: str) -> None:
        """Evict a pod and let its controller make another elsewhere, if there is anywhere.

        Raises:
            KeyError: there is no such pod.
            TooManyRequests: a budget is against it.
        """
        key = f"{namespace}/{name}"
        pod = self.pods[key]
        app = pod["metadata"]["labels"].get("app")
        budget = self.budgets.get(f"{namespace}/{app}")
        if budget is not None:
            running = [p for p in self.pods.values() if p["metadata"]["labels"].get("app") == app and _runs(p)]
            if len(running) - 1 < budget["minAvailable"]:
                raise TooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.")
        self.evictions.append(key)
        del self.pods[key]
        if pod["metadata"].get("ownerReferences", [{}])[0].get("kind") == "ReplicaSet":
            self._replace(namespace, name, pod)

    def _replace(self, namespace: str, name: str, pod: Object) -> None:
        free = [n for n in self.nodes if not self.nodes[n]["spec"].get("unschedulable") and self.is_ready(n)]
        other = sorted(n for n in free if n != pod["spec"]["nodeName"])
        fresh = _pod(namespace, f"{name.partition('.')[0]}.{self.revision}", other[0] if other else "", {}, "")
        fresh["metadata"]["labels"] = pod["metadata"]["labels"]
        fresh["metadata"]["ownerReferences"] = pod["metadata"]["ownerReferences"]
        fresh["spec"]["containers"] = pod["spec"]["containers"]
        if not other:
            fresh["status"] = {"phase": "Pending", "conditions": []}
            del fresh["spec"]["nodeName"]
        self.pods[f"{namespace}/{fresh['metadata']['name']}"] = self.stamp(fresh)

    def forget_node(self, name: str) -> None:
        """Delete a Node and the pods on it."""
        self.nodes.pop(name, None)
        self.pods = {key: pod for key, pod in self.pods.items() if pod["spec"].get("nodeName") != name}


def _runs(pod: Object) -> bool:
    return bool(pod["status"]["phase"] == "Running")


def _taint(key: str, value: str) -> Object:
    own, _, effect = value.rpartition(":")
    return {"key": key, "effect": effect, **({"value": own} if own else {})}


def _pod(namespace: str, name: str, node: str, labels: dict[str, str], image: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "uid": f"{namespace}-{name}", "labels": labels},
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": image}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    }
