"""What belongs to the site and to no service: the groups of charts/shared-config."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from generator.catalogue.service import Json
from generator.chart.operators import readable
from generator.chart.scope import Body, Printed, Scope
from generator.chart.service import collect
from generator.chart.shared_address import build_pools
from generator.chart.shared_backup import build_backup
from generator.chart.shared_gateway import build_gateways
from generator.chart.shared_issuer import build_issuers


@dataclass(frozen=True, slots=True)
class Group:
    """One group of objects: what it is, as the chart's README says it, and what makes them."""

    summary: str
    build: Callable[[Scope], Iterable[Printed]]


def build_stores(scope: Scope) -> Iterator[Printed]:
    """The store that every ExternalSecret names."""
    store = scope.fleet.site.secret_store
    if store.kind == "ClusterSecretStore" and store.provider:
        yield store.kind, store.name, {"provider": store.provider}


def build_storage_classes(scope: Scope) -> Iterator[Printed]:
    """Classes that we make; those of an upstream chart are the chart's."""
    for cls in scope.fleet.site.classes.values():
        if cls.made_by is None:
            yield "StorageClass", cls.name, _class(scope, cls.name)


def _class(scope: Scope, name: str) -> Body:
    cls = scope.fleet.site.classes[name]
    parameters = dict(cls.parameters)
    if cls.provisioner == "driver.longhorn.io":
        parameters.setdefault("numberOfReplicas", str(cls.replicas))
    body: Body = {"provisioner": cls.provisioner, "parameters": parameters}
    if name == scope.fleet.site.default_class:
        body["annotations"] = {"storageclass.kubernetes.io/is-default-class": "true"}
    return body | {
        "reclaimPolicy": cls.reclaim_policy,
        "volumeBindingMode": cls.binding_mode,
        "allowVolumeExpansion": cls.expandable,
    }


def build_priorities(scope: Scope) -> Iterator[Printed]:
    """What the scheduler keeps first."""
    for name, value in scope.fleet.site.priority_classes.items():
        yield "PriorityClass", name, {"value": value, "globalDefault": False}


GROUPS: dict[str, Group] = {
    "address-pools": Group("Pools and announcements in the words of the site's load balancer", build_pools),
    "backup": Group(
        "Locations, schedules and resource policies, where Velero is the site's backend",
        build_backup,
    ),
    "gateways": Group(
        "A Gateway and its Certificates per gateway of the site whose service runs here",
        build_gateways,
    ),
    "issuers": Group(
        "A ClusterIssuer per issuer. Its token lies in cert-manager's namespace, where it is looked for",
        build_issuers,
    ),
    "priority-classes": Group("What the scheduler keeps first", build_priorities),
    "secret-stores": Group("The store that every ExternalSecret names", build_stores),
    "storage-classes": Group("Classes that we make; those of an upstream chart are the chart's", build_storage_classes),
}


def shared_values(scope: Scope) -> dict[str, Json]:
    """The groups that have an object in this environment."""
    values: dict[str, Json] = {}
    for name, group in GROUPS.items():
        printed = [found for found in group.build(scope) if readable(found[0], scope.operators)]
        if objects := collect(scope, printed):
            values[name] = {"namespace": "default", "objects": objects}
    return values
