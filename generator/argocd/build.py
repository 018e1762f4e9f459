"""The files of `kubernetes/<env>/`."""

from collections.abc import Iterator, Mapping

from generator.argocd.application import (
    FAIL_ON_SHARED,
    SERVER_SIDE_APPLY,
    Application,
    application_object,
    git_source,
)
from generator.argocd.guardrail import guard_rails
from generator.argocd.metadata import (
    FIRST_WAVE,
    GUARD_RAIL_WAVE,
    GUARD_RAILS,
    NAMESPACES,
    PROJECT_WAVE,
    ROOT,
    SHARED,
    Metadata,
)
from generator.argocd.project import Project, locked_default, project_object
from generator.argocd.rendered import GroupKind, Rendered
from generator.argocd.upstream import upstream_application, upstream_project
from generator.catalogue.service import Chart, Json, Service
from generator.catalogue.site import Domain
from generator.emitter import emit_all
from generator.fleet.model import Fleet
from generator.fleet.names import BUILTIN

_LIBRARY = "/charts/common"
_COMMAND = "`make charts`: change that, not this."
_GUARD_RAIL_KINDS = frozenset({GroupKind("", "Namespace"), GroupKind("", "PersistentVolume")})
_OURS = frozenset({GroupKind("argoproj.io", "AppProject"), GroupKind("argoproj.io", "Application")})
_Files = Iterator[tuple[str, str]]


def build(
    fleet: Fleet, rendered: Mapping[str, Rendered], *, prunable: frozenset[GroupKind] = frozenset()
) -> dict[str, str]:
    """Every file below `kubernetes/<env>/` of one environment, by path from the repository's root.

    `rendered` says what each chart renders here: a domain's by the domain's name, the site's as
    `shared-config`. A chart that is missing, or renders nothing, gets no Application: ArgoCD
    refuses to sync to nothing. `prunable` are namespaced kinds that a project allows besides what
    its chart renders: ArgoCD does not see, so does not prune, objects of a kind that the project
    no longer allows (docs/architecture/decisions/0021).
    """
    files = build_environment(fleet, rendered.get(SHARED))
    for name in fleet.domains:
        files |= build_domain(fleet, name, rendered.get(name), prunable=prunable)
    return {path: files[path] for path in sorted(files)}


def build_environment(fleet: Fleet, shared: Rendered | None) -> dict[str, str]:
    """The files of an environment that belong to no domain; `shared` is what its shared-config renders."""
    folder = _folder(fleet)
    files = dict(_environment(fleet, folder))
    rails = {f"{folder}/{NAMESPACES}/{rail.namespace}.yaml": rail for rail in guard_rails(fleet)}
    files |= {path: _text(rail.objects, *rail.sources) for path, rail in rails.items()}
    if rails:
        files[f"{folder}/{GUARD_RAILS}.yaml"] = _guard_rails(fleet, folder)
    if shared is not None and shared.objects:
        files[f"{folder}/{SHARED}/{SHARED}.yaml"] = _shared(fleet, shared)
    return files


def build_domain(
    fleet: Fleet, name: str, rendered: Rendered | None, *, prunable: frozenset[GroupKind] = frozenset()
) -> dict[str, str]:
    """The files of one domain of an environment; none where it has no such domain."""
    domain = fleet.domains.get(name)
    return dict(_domain(fleet, domain, rendered, _folder(fleet), prunable)) if domain is not None else {}


def _folder(fleet: Fleet) -> str:
    return f"kubernetes/{fleet.environment.name}"


def _text(objects: tuple[Json, ...], *sources: str) -> str:
    return emit_all(objects, header=f"Generated from {', '.join(sources)} by {_COMMAND}")


def _environment(fleet: Fleet, folder: str) -> _Files:
    """What there always is: the root, and the default project."""
    argocd = fleet.site.argocd
    marks = Metadata(fleet.environment.name)
    path = fleet.environment.place.path
    project = Project(
        name=ROOT,
        description="What makes every other Application and project. Whoever may write its folder rules the cluster",
        repositories=(argocd.repo_url,),
        namespaces=frozenset({argocd.namespace}),
        kinds=_OURS,
    )
    root = Application(
        name=ROOT,
        project=ROOT,
        # The guard rails below are an Application of their own: they are never pruned, these are.
        source=git_source(argocd, folder) | {"directory": {"recurse": True, "exclude": f"{NAMESPACES}/*"}},
        namespace=argocd.namespace,
        wave=PROJECT_WAVE,
        info=(("environment", fleet.environment.summary),),
        paths=".",
        # One slip of `kubectl delete` would otherwise stop the whole fleet.
        cascade=False,
        # Never RespectIgnoreDifferences: ArgoCD would then apply the status of each Application as its own
        # field, and the next comparison is refused for the required fields that it takes away (tried).
        options=(SERVER_SIDE_APPLY, FAIL_ON_SHARED),
        # The status of an Application is a field like others, so what it controls changes all the time: a dry
        # run is never of the state that ArgoCD remembers, and the root heals nothing again and again (tried).
        asks_server=False,
    )
    yield (
        f"{folder}/{ROOT}.yaml",
        _text((project_object(project, argocd, marks), application_object(root, argocd, marks)), path),
    )
    yield f"{folder}/default.yaml", _text((locked_default(argocd, marks),), path)


def _guard_rails(fleet: Fleet, folder: str) -> str:
    argocd = fleet.site.argocd
    marks = Metadata(fleet.environment.name)
    owned = frozenset(namespace.name for namespace in fleet.namespaces.values() if not namespace.builtin)
    project = Project(
        name=GUARD_RAILS,
        description="Namespaces with their Pod Security labels, deny-all policies, volumes on NFS",
        repositories=(argocd.repo_url,),
        # The destination of the Application has to be allowed; its objects name their own.
        namespaces=owned | {argocd.namespace},
        kinds=frozenset({GroupKind("networking.k8s.io", "NetworkPolicy")}),
        cluster=_GUARD_RAIL_KINDS,
        watched=False,
    )
    namespaces = Application(
        name=NAMESPACES,
        project=GUARD_RAILS,
        source=git_source(argocd, f"{folder}/{NAMESPACES}"),
        namespace=argocd.namespace,
        wave=GUARD_RAIL_WAVE,
        info=(("guard rails", "never pruned, never deleted: see kubernetes/README.md"),),
        paths=".",
        # A second lock beside the annotation of each object.
        prune=False,
        options=(SERVER_SIDE_APPLY, FAIL_ON_SHARED),
    )
    return _text(
        (project_object(project, argocd, marks), application_object(namespaces, argocd, marks)),
        fleet.environment.place.path,
    )


def _chart(fleet: Fleet, name: str, namespace: str, wave: int, info: tuple[tuple[str, str], ...]) -> Application:
    """The Application of one of our charts."""
    source = git_source(fleet.site.argocd, f"charts/{name}")
    source["helm"] = {"valueFiles": [f"values-{fleet.environment.name}.yaml"]}
    paths = f".;{_LIBRARY}"
    return Application(name, name, source, namespace, wave, info, paths)


def _shared(fleet: Fleet, rendered: Rendered) -> str:
    argocd = fleet.site.argocd
    marks = Metadata(fleet.environment.name)
    namespace = _destination(rendered, argocd.namespace)
    project = Project(
        name=SHARED,
        description="What belongs to the site: gateways, issuers, address pools, stores, backup, classes",
        repositories=(argocd.repo_url,),
        namespaces=rendered.namespaces | {namespace},
        kinds=rendered.kinds,
        # By kind: what the site file no longer names must still be allowed to be pruned.
        cluster=frozenset(GroupKind(entry.group, entry.kind) for entry in rendered.cluster),
        watched=False,
    )
    application = _chart(fleet, SHARED, namespace, FIRST_WAVE, (("site", fleet.site.zone),))
    made = (project_object(project, argocd, marks), application_object(application, argocd, marks))
    return _text(made, "values/site.yaml", fleet.environment.place.path)


def _domain(
    fleet: Fleet, domain: Domain, rendered: Rendered | None, folder: str, prunable: frozenset[GroupKind]
) -> _Files:
    """The domain's own Application, and one per upstream chart in it."""
    services = fleet.services_of(domain.name)
    if rendered is not None and rendered.objects:
        yield f"{folder}/{domain.tier}/{domain.name}.yaml", _umbrella(fleet, domain, services, rendered, prunable)
    for service in services:
        if service.chart is not None:
            yield f"{folder}/{domain.tier}/{domain.name}/{service.name}.yaml", _upstream(fleet, service, service.chart)


def _umbrella(
    fleet: Fleet,
    domain: Domain,
    services: tuple[Service, ...],
    rendered: Rendered,
    prunable: frozenset[GroupKind],
) -> str:
    argocd = fleet.site.argocd
    links = {service.name: service.docs for service in services if service.docs}
    marks = Metadata(fleet.environment.name, domain.name, domain.tier, links)
    own = domain.name if domain.name in rendered.namespaces else None
    namespace = own or _destination(rendered, domain.name)
    builtin = namespace in fleet.namespaces and fleet.namespaces[namespace].builtin
    project = Project(
        name=domain.name,
        description=f"{domain.summary} ({domain.owner})",
        repositories=(argocd.repo_url,),
        namespaces=rendered.namespaces | {namespace},
        kinds=rendered.kinds | prunable,
        cluster=rendered.cluster,
        watched=not builtin,
    )
    wave = FIRST_WAVE + max((fleet.steps.get(service.name, 0) for service in services), default=0)
    about = (("domain", domain.summary), ("owner", domain.owner))
    info = (*about, *((service.name, service.summary) for service in services))
    application = _chart(fleet, domain.name, namespace, wave, info)
    made = (
        project_object(project, argocd, Metadata(marks.environment, domain.name, domain.tier)),
        application_object(application, argocd, marks),
    )
    return _text(made, f"values/{domain.tier}/{domain.name}/")


def _upstream(fleet: Fleet, service: Service, chart: Chart) -> str:
    argocd = fleet.site.argocd
    links = {"docs": service.docs} if service.docs else {}
    marks = Metadata(fleet.environment.name, service.domain, service.tier, links)
    namespace = fleet.namespace_of[service.name]
    builtin = namespace in fleet.namespaces and fleet.namespaces[namespace].builtin
    project = upstream_project(service, chart, namespace, builtin=builtin, known={*fleet.namespaces, *BUILTIN})
    wave = FIRST_WAVE + fleet.steps.get(service.name, 0)
    application = upstream_application(service, chart, namespace, wave)
    made = (
        project_object(project, argocd, Metadata(marks.environment, service.domain, service.tier)),
        application_object(application, argocd, marks),
    )
    return _text(made, service.path)


def _destination(rendered: Rendered, otherwise: str) -> str:
    """A namespace that exists: every object names its own, ArgoCD asks for one all the same."""
    return min(rendered.namespaces, default=otherwise)
