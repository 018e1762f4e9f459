"""A service that ships as an upstream chart: its own Application, and a project for it alone."""

from collections.abc import Collection

from generator.argocd.application import Application
from generator.argocd.project import Project
from generator.argocd.rendered import ClusterObject, GroupKind
from generator.argocd.scope import declared_kind, is_cluster_scoped
from generator.catalogue.service import Chart, Json, Service
from generator.emitter import EmitError, emit

_OCI = "oci://"
_GROUPS = {"CronJob": "batch", "Job": "batch"}
# A chart with pods has these; a chart of definitions only has none of them (service-format.md §7).
_WITH_PODS = frozenset({GroupKind("", "ConfigMap"), GroupKind("", "Secret"), GroupKind("", "Service")})
ARGOCD_CHART = "argo-cd"
_NAMESPACE = GroupKind("", "Namespace")


def upstream_project(
    service: Service, chart: Chart, namespace: str, *, builtin: bool, known: Collection[str] = ()
) -> Project:
    """What the service file declares, in the namespace that the chart is installed to and those it writes to.

    Of namespaces that are not `known`, the chart makes those itself, and no other one.
    """
    declared = frozenset(declared_kind(text) for text in chart.kinds)
    makes = frozenset(ClusterObject(*_NAMESPACE, name) for name in chart.writes_to if name not in known)
    workloads = frozenset(GroupKind(_GROUPS.get(pod.kind, "apps"), pod.kind) for pod in chart.pods.values())
    namespaced = frozenset(kind for kind in declared if not is_cluster_scoped(kind))
    return Project(
        name=service.name,
        description=f"{service.name}: {service.summary}",
        repositories=(repository_of(chart),),
        namespaces=frozenset({namespace, *chart.writes_to}),
        kinds=namespaced | workloads | (_WITH_PODS if chart.pods else frozenset()),
        cluster=_by_name(declared - namespaced, makes),
        # A namespace of others is full of objects that this Application does not own; definitions have none.
        watched=bool(chart.pods) and not builtin and not chart.writes_to,
    )


def _by_name(kinds: frozenset[GroupKind], makes: frozenset[ClusterObject]) -> frozenset[GroupKind | ClusterObject]:
    """Allow a chart that says which namespaces it makes just those."""
    return (kinds - {_NAMESPACE}) | makes if _NAMESPACE in kinds and makes else kinds


def upstream_application(service: Service, chart: Chart, namespace: str, wave: int) -> Application:
    """The chart at its pinned version, with our values as text."""
    info = (("summary", service.summary), *((("docs", service.docs),) if service.docs else ()))
    return Application(
        name=service.name,
        project=service.name,
        source=source_of(service, chart),
        namespace=namespace,
        wave=wave,
        info=info,
        # An ArgoCD that deletes itself never finishes.
        cascade=chart.name != ARGOCD_CHART,
    )


def repository_of(chart: Chart) -> str:
    """The address as ArgoCD wants it: registries of charts without `oci://`, which means another kind of source."""
    return (chart.git or chart.repository or "").removeprefix(_OCI)


def source_of(service: Service, chart: Chart) -> Json:
    source: Json = {"repoURL": repository_of(chart), "targetRevision": chart.version}
    if chart.git is not None:
        source["path"] = chart.path or "."
    else:
        source["chart"] = chart.name
    helm: Json = {"releaseName": service.name} if chart.git is None else {}
    if chart.skip_crds:
        helm["skipCrds"] = True
    if chart.values:
        # Text, never valuesObject: a client-side apply drops its nulls without a word.
        helm["values"] = _values(service, chart)
    return source | ({"helm": helm} if helm else {})


def _values(service: Service, chart: Chart) -> str:
    try:
        return emit(chart.values)
    except EmitError as error:
        raise EmitError(f"{chart.place}: chart.values of {service.name!r}: {error}") from error
