"""Applications: one source, one destination, and how ArgoCD syncs them."""

from dataclasses import dataclass

from generator.argocd.metadata import Metadata, metadata
from generator.catalogue.service import Json
from generator.catalogue.site import ArgoCd

SERVER_SIDE_APPLY = "ServerSideApply=true"
FAIL_ON_SHARED = "FailOnSharedResource=true"
# docs/architecture/decisions/0022: each option with its reason, and those that are left out.
SYNC_OPTIONS = (
    SERVER_SIDE_APPLY,
    "ApplyOutOfSyncOnly=true",
    FAIL_ON_SHARED,
    "SkipDryRunOnMissingResource=true",
)
_HISTORY = 3


@dataclass(frozen=True, slots=True)
class Application:
    """`paths` are what a change must touch for ArgoCD to render again; None where Git is not the source.

    `cascade` says that deleting the Application deletes what it made, `asks_server` that differences
    are computed by a dry run on the API server.
    """

    name: str
    project: str
    source: Json
    namespace: str
    wave: int
    info: tuple[tuple[str, str], ...] = ()
    paths: str | None = None
    cascade: bool = True
    prune: bool = True
    options: tuple[str, ...] = SYNC_OPTIONS
    asks_server: bool = True


def application_object(application: Application, argocd: ArgoCd, marks: Metadata) -> Json:
    """The Application."""
    annotations = {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"} if application.asks_server else {}
    if application.paths is not None:
        annotations["argocd.argoproj.io/manifest-generate-paths"] = application.paths
    about = metadata(
        application.name,
        argocd,
        marks,
        wave=application.wave,
        annotations=annotations,
        cascade=application.cascade,
    )
    spec: Json = {
        "project": application.project,
        "source": application.source,
        "destination": {"server": argocd.server, "namespace": application.namespace},
        "syncPolicy": {
            # No `enabled`: what Git does not state, a person may set to false to pause the Application. And
            # nothing that is false: ArgoCD drops it when it writes the object back, and the root heals for ever.
            "automated": {**({"prune": True} if application.prune else {}), "selfHeal": True},
            "syncOptions": list(application.options),
            "retry": _retry(),
        },
        "revisionHistoryLimit": _HISTORY,
    }
    if application.info:
        spec["info"] = [{"name": name, "value": value} for name, value in application.info]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": about, "spec": spec}


def _retry() -> Json:
    """About an hour. Never -1: deleting an Application waits until its operation has used up its retries."""
    return {"limit": 20, "refresh": True, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"}}


def git_source(argocd: ArgoCd, path: str) -> Json:
    """A folder of this repository at the revision that the environment follows."""
    return {"repoURL": argocd.repo_url, "targetRevision": argocd.target_revision, "path": path}
