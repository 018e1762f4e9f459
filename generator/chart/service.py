"""The values of one service: every object that it becomes, in the library's words."""

from collections.abc import Callable, Iterable

from generator.catalogue.service import Json, Service
from generator.chart.alert import build_alerts
from generator.chart.database import build_databases
from generator.chart.endpoint import build_endpoints
from generator.chart.files import build_files
from generator.chart.monitor import build_monitors
from generator.chart.name import check_name
from generator.chart.operators import readable
from generator.chart.policy import build_policies
from generator.chart.replication import build_replications
from generator.chart.route import build_routes
from generator.chart.scope import Body, Printed, Scope
from generator.chart.secret import build_secrets
from generator.chart.storage import build_claims
from generator.chart.workload import build_workloads

Builder = Callable[[Scope, Service], Iterable[Printed]]

# Adding a concern is adding a builder here and a template to the library.
BUILDERS: tuple[Builder, ...] = (
    build_workloads,
    build_claims,
    build_files,
    build_secrets,
    build_endpoints,
    build_routes,
    build_policies,
    build_monitors,
    build_alerts,
    build_databases,
    build_replications,
)

# Kinds without a namespace: those that we print, and those that a person may state under `objects`.
CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CiliumClusterwideNetworkPolicy",
        "CiliumBGPAdvertisement",
        "CiliumBGPClusterConfig",
        "CiliumBGPPeerConfig",
        "CiliumL2AnnouncementPolicy",
        "CiliumLoadBalancerIPPool",
        "ClusterIssuer",
        "ClusterPolicy",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterSecretStore",
        "CustomResourceDefinition",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "PersistentVolume",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeSnapshotClass",
        "VolumeSnapshotContent",
    }
)


def service_values(scope: Scope, service: Service, patched: Json | None = None) -> Body:
    """The entry of a service under `services`. `patched` maps Kind_name to a finished object."""
    for name in (service.name, service.category, *service.components):
        check_name(name)
    body: Body = {"namespace": scope.namespace(service.name), "category": service.category}
    body["objects"] = collect(scope, (printed for build in BUILDERS for printed in build(scope, service)))
    if raw := {key: finished(scope, service, key, stated) for key, stated in sorted(service.objects.items())}:
        body["raw"] = raw
    if patched:
        body["patched"] = {key: patched[key] for key in sorted(patched)}
    return body


def collect(scope: Scope, printed: Iterable[Printed]) -> dict[str, dict[str, Body]]:
    """Objects by kind and name, without those that no operator of the fleet would read."""
    found: dict[str, dict[str, Body]] = {}
    for kind, name, body in printed:
        check_name(name)
        if readable(kind, scope.operators):
            found.setdefault(kind, {})[name] = body
    return {kind: {name: found[kind][name] for name in sorted(found[kind])} for kind in sorted(found)}


def finished(scope: Scope, service: Service, key: str, stated: Json) -> Json:
    """An object of `objects`: kind and name from its key, its namespace and our labels where it says none."""
    kind, _, name = key.partition("/")
    metadata = dict(stated.get("metadata", {}))
    place = {} if kind in CLUSTER_SCOPED else {"namespace": metadata.get("namespace", scope.namespace(service.name))}
    labels = {
        "app.kubernetes.io/name": service.name,
        "app.kubernetes.io/instance": service.domain,
        "app.kubernetes.io/part-of": service.domain,
        "app.kubernetes.io/managed-by": "chartroom",
        "chartroom/tier": service.tier,
        "chartroom/category": service.category,
    }
    rest = {name: value for name, value in stated.items() if name not in ("apiVersion", "kind", "metadata")}
    finished_metadata = metadata | {"name": name, **place, "labels": labels | metadata.get("labels", {})}
    return {"apiVersion": stated.get("apiVersion", "v1"), "kind": kind, "metadata": finished_metadata, **rest}
