"""A service that ships as an upstream chart: its own Application, and a project for it alone."""

from generator.argocd.application import Application
from generator.argocd.project import Project
from generator.argocd.rendered import GroupKind
from generator.argocd.scope import declared_kind, is_cluster_scoped
from generator.catalogue.service import Chart, Json, Service
from generator.emitter import EmitError, emit

_OCI = "oci://"
_GROUPS = {"CronJob": "batch", "Job": "batch"}
# A chart with pods has these; a chart of definitions only has none of them (service-format.md §7).
_WITH_PODS = frozenset({GroupKind("", "ConfigMap"), GroupKind("", "Secret"), GroupKind("", "Service")})
ARGOCD_CHART = "argo-cd"


def upstream_project(service: Service, chart: Chart, namespace: str, *, builtin: bool) -> Project:
    """What the service file declares, in the one namespace that the chart is installed to."""
    declared = frozenset(declared_kind(text) for text in chart.kinds)
    workloads = frozenset(GroupKind(_GROUPS.get(pod.kind, "apps"), pod.kind) for pod in chart.pods.values())
    namespaced = frozenset(kind for kind in declared if not is_cluster_scoped(kind))
    return Project(
        name=service.name,
        description=f"{service.name}: {service.summary}",
        repositories=(repository_of(chart),),
        namespaces=frozenset({namespace}),
        kinds=namespaced | workloads | (_WITH_PODS if chart.pods else frozenset()),
        cluster=declared - namespaced,
        # A namespace of Kubernetes is full of objects that no Application owns; definitions have no namespace.
        watched=bool(chart.pods) and not builtin,
    )


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
