"""AppProjects: what the Applications of one owner may read, and what they may write where."""

from collections.abc import Iterable
from dataclasses import dataclass

from generator.argocd.metadata import DEFAULT, PROJECT_WAVE, Metadata, metadata
from generator.argocd.rendered import ClusterObject, GroupKind
from generator.catalogue.service import Json
from generator.catalogue.site import ArgoCd

EVERYTHING: Json = {"group": "*", "kind": "*"}
NAMESPACE: Json = {"group": "", "kind": "Namespace"}
_LONGEST_DESCRIPTION = 255


@dataclass(frozen=True, slots=True)
class Project:
    """`cluster` entries without a name stand for every object of the kind.

    `watched` says that ArgoCD warns of objects in the namespaces that no Application owns.
    """

    name: str
    description: str
    repositories: tuple[str, ...]
    namespaces: frozenset[str]
    kinds: frozenset[GroupKind] = frozenset()
    cluster: frozenset[GroupKind | ClusterObject] = frozenset()
    watched: bool = True


def project_object(project: Project, argocd: ArgoCd, marks: Metadata) -> Json:
    """The AppProject; the one that ArgoCD makes by itself has no finalizer.

    Lists that are empty stand there all the same: one that is left out would allow everything.
    """
    allowed = [{"group": kind.group, "kind": kind.kind} for kind in sorted(project.kinds)]
    spec: Json = {
        "description": project.description[:_LONGEST_DESCRIPTION],
        "sourceRepos": list(project.repositories),
        "destinations": [{"server": argocd.server, "namespace": name} for name in sorted(project.namespaces)],
        "clusterResourceWhitelist": _cluster(project.cluster),
    }
    if not any(entry.kind == "Namespace" for entry in project.cluster):
        spec["clusterResourceBlacklist"] = [NAMESPACE]
    spec["namespaceResourceWhitelist"] = allowed
    if not allowed:
        # ArgoCD drops an empty list when it writes the object back, and no list means every kind.
        spec["namespaceResourceBlacklist"] = [EVERYTHING]
    if project.watched:
        spec["orphanedResources"] = {"warn": True}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": metadata(project.name, argocd, marks, wave=PROJECT_WAVE, cascade=project.name != DEFAULT),
        "spec": spec,
    }


def locked_default(argocd: ArgoCd, marks: Metadata) -> Json:
    """The project that ArgoCD makes by itself, allowing everything: here it allows nothing."""
    locked = Project(
        name=DEFAULT,
        description="Allows nothing: every Application names a project of its own",
        repositories=(),
        namespaces=frozenset(),
        watched=False,
    )
    made = project_object(locked, argocd, marks)
    made["spec"]["clusterResourceBlacklist"] = [EVERYTHING]
    return made


def _cluster(entries: Iterable[GroupKind | ClusterObject]) -> list[Json]:
    """One entry per kind, or per object where it has a name."""
    found = []
    for entry in sorted(entries, key=tuple):
        item = {"group": entry.group, "kind": entry.kind}
        found.append(item | {"name": entry.name} if isinstance(entry, ClusterObject) else item)
    return found
