"""What a chart's values will print, told without rendering: group, kind, namespace and name."""

from collections.abc import Iterator
from typing import NamedTuple

from generator.chart.delta import Values
from generator.chart.operators import GROUPS
from generator.chart.service import CLUSTER_SCOPED

# Groups of the kinds that Kubernetes itself knows; the core group is "".
_BUILTIN = {
    "ClusterRole": "rbac.authorization.k8s.io",
    "ClusterRoleBinding": "rbac.authorization.k8s.io",
    "ConfigMap": "",
    "CronJob": "batch",
    "DaemonSet": "apps",
    "Deployment": "apps",
    "Ingress": "networking.k8s.io",
    "Job": "batch",
    "LimitRange": "",
    "NetworkPolicy": "networking.k8s.io",
    "PersistentVolumeClaim": "",
    "PodDisruptionBudget": "policy",
    "PriorityClass": "scheduling.k8s.io",
    "ResourceQuota": "",
    "Role": "rbac.authorization.k8s.io",
    "RoleBinding": "rbac.authorization.k8s.io",
    "Service": "",
    "ServiceAccount": "",
    "StatefulSet": "apps",
    "StorageClass": "storage.k8s.io",
}
KIND_GROUPS: dict[str, str] = {**_BUILTIN, **GROUPS}


class Seen(NamedTuple):
    """One object; `namespace` is None for what is cluster-scoped."""

    group: str
    kind: str
    namespace: str | None
    name: str


def seen_in(values: Values) -> Iterator[Seen]:
    """Every object that a chart prints with these values, in order of service, kind and name."""
    for part in ("namespaces", "services"):
        for service in values.get(part, {}).values():
            for kind, named in service["objects"].items():
                for name, body in named.items():
                    place = None if kind in CLUSTER_SCOPED else body.get("namespace", service["namespace"])
                    yield Seen(KIND_GROUPS[kind], kind, place, name)
            for manifest in service.get("raw", {}).values():
                group, slash, _ = str(manifest["apiVersion"]).rpartition("/")
                metadata = manifest["metadata"]
                yield Seen(group if slash else "", manifest["kind"], metadata.get("namespace"), metadata["name"])
