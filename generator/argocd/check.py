"""What ArgoCD could not carry out, said before anything is written."""

from collections.abc import Iterator, Mapping

from generator.argocd.metadata import NAMESPACES, RESERVED, SHARED
from generator.argocd.rendered import Rendered
from generator.finding import Finding, Place, sort_findings
from generator.fleet.model import Fleet

# 3,600 objects synced in 220 s, 4,800 never finish: the Application outgrows what etcd stores.
MOST_OBJECTS = 2_500
# The name of an Application is the name of the Helm release, which ends there.
LONGEST_NAME = 53


def check(fleet: Fleet, rendered: Mapping[str, Rendered]) -> tuple[Finding, ...]:
    """Every finding of one environment, sorted by place."""
    return sort_findings((*_names(fleet), *_sizes(fleet, rendered)))


def _names(fleet: Fleet) -> Iterator[Finding]:
    """A domain and an upstream chart each make an Application and a project by their name."""
    for service in fleet.services.values():
        if service.chart is None:
            continue
        if service.name in fleet.domains:
            yield Finding(
                place=service.place,
                rule="argocd/application-name",
                message=f"{service.name!r} is an upstream chart and the name of a domain: two Applications of one name",
                fix="rename the service or the domain",
                also=(fleet.domains[service.name].place,),
            )
        if service.name in RESERVED:
            yield Finding(
                place=service.place,
                rule="argocd/application-name",
                message=f"{service.name!r} is an upstream chart with a name that Chartroom keeps for itself",
                fix=f"choose another name than {', '.join(sorted(RESERVED))}",
            )
        if len(service.name) > LONGEST_NAME:
            yield Finding(
                place=service.place,
                rule="argocd/application-name",
                message=f"{service.name!r} has {len(service.name)} letters, the name of a Helm release has at most 53",
                fix="shorten the name of the service",
            )


def _sizes(fleet: Fleet, rendered: Mapping[str, Rendered]) -> Iterator[Finding]:
    for name, chart in rendered.items():
        domain = fleet.domains.get(name)
        place = domain.place if domain is not None else Place("values/site.yaml")
        if chart.objects > MOST_OBJECTS:
            what = f"domain {name!r}" if domain is not None else SHARED
            fix = (
                "make a domain of its own for one of its categories" if domain is not None else "shorten the site file"
            )
            yield _too_many(place, what, chart.objects, fleet.environment.name, fix)
    rails = sum(2 for namespace in fleet.namespaces.values() if not namespace.builtin) + len(fleet.nfs)
    if rails > MOST_OBJECTS:
        fix = "let services share namespaces and NFS volumes"
        yield _too_many(fleet.environment.place, f"Application {NAMESPACES!r}", rails, fleet.environment.name, fix)


def _too_many(place: Place, what: str, count: int, environment: str, fix: str) -> Finding:
    message = f"{what} has {count:,} objects in {environment}, one Application carries at most {MOST_OBJECTS:,}"
    return Finding(place, "argocd/too-many-objects", message, fix)
