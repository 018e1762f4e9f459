"""One resolved environment in, what ArgoCD pulls out: guard rails, AppProjects, Applications."""

from generator.argocd.build import build, build_domain, build_environment
from generator.argocd.check import MOST_OBJECTS, check
from generator.argocd.rendered import ClusterObject, GroupKind, Rendered, survey

__all__ = [
    "MOST_OBJECTS",
    "ClusterObject",
    "GroupKind",
    "Rendered",
    "build",
    "build_domain",
    "build_environment",
    "check",
    "survey",
]
