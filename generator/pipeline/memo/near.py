"""One domain resolved by itself, in every environment, with what the last run knew of everything around it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generator.catalogue import Catalogue, Resolver, Sources
from generator.catalogue.read import Notes
from generator.catalogue.service import Service
from generator.catalogue.sources import read_service_text, read_sources
from generator.finding import Finding, Severity
from generator.fleet.arithmetic import domain_needs, namespace_needs, pieces_of
from generator.fleet.check_pods import check_service_pods
from generator.fleet.fill import fill_service
from generator.fleet.model import Fleet, Namespace
from generator.fleet.names import namespace_of, namespaces
from generator.fleet.needs import fill_needs
from generator.fleet.reference import References
from generator.fleet.resolve import reachable, with_quota
from generator.fleet.storage import nfs_pairs
from generator.pipeline.memo.around import Around
from generator.pipeline.memo.store import Memo
from generator.pipeline.memo.window import Unprovable, Window
from generator.source import Map

# What names something that is not near is told to name nothing. The names are the same as in the last run, which told
# nothing of the kind.
_ABOUT_NAMES = frozenset({"catalogue/unknown-domain", "catalogue/unknown-path", "catalogue/unknown-service"})


@dataclass(frozen=True, slots=True)
class Near:
    """A domain and what is near it: its sources, and the services as their files state them, by environment.

    `before` are the changed services as they were.
    """

    domain: str
    changed: tuple[str, ...]
    sources: Sources
    catalogues: Mapping[str, Catalogue]
    before: Mapping[str, Catalogue]

    def stated(self, environment: str, name: str) -> tuple[Service | None, Service | None]:
        """A changed service as it was and as it is; None where it could not be built."""
        return _find(self.before[environment], name), _find(self.catalogues[environment], name)

    def as_before(self) -> "Near":
        """The same with the changed services as they were: each was in the state that it is in."""
        catalogues = {
            name: replace(
                catalogue,
                services=_exchanged(catalogue.services, self.before[name].services),
                off=_exchanged(catalogue.off, self.before[name].off),
                retired=_exchanged(catalogue.retired, self.before[name].retired),
            )
            for name, catalogue in self.catalogues.items()
        }
        return replace(self, catalogues=catalogues)


def look_near(root: Path, memo: Memo, domain: str, changed: Collection[str]) -> Near:
    """Read a domain and what is near it.

    Raises:
        Unprovable: something is wrong there now that was not before.
    """
    own = [known.path for known in memo.services.values() if _domain_of(known.path) == domain]
    near = [memo.services[name].path for name in memo.near.get(domain, ()) if name in memo.services]
    sources = read_sources(root, only={*own, *near}, sound=memo.inputs.keys() - changed)
    if sources.findings:
        raise Unprovable(f"{sources.findings[0].place}: {sources.findings[0].message}")
    names = tuple(sorted(name for name, file in sources.services.items() if file.path in changed))
    if len(names) != len(changed):
        raise Unprovable("a changed file is no service")
    files = {name: replace(sources.services[name], layer=_tree(memo, sources.services[name].path)) for name in names}
    known = {domain: sources.domains[domain]}
    before = _resolve(replace(sources, services=files, domains=known), memo)
    catalogues = _resolve(sources, memo)
    for environment, catalogue in catalogues.items():
        faults = [finding for finding in catalogue.findings if finding.rule not in _ABOUT_NAMES]
        if faults or catalogue.unread:
            raise Unprovable(f"{len(faults)} findings in {environment!r}")
    return Near(domain, names, sources, catalogues, before)


def _exchanged(services: Mapping[str, Service], before: Mapping[str, Service]) -> dict[str, Service]:
    return {name: before.get(name, service) for name, service in services.items()}


def _domain_of(path: str) -> str:
    return path.split("/")[2]


def _tree(memo: Memo, path: str) -> Map:
    read = read_service_text(path, memo.texts[path].encode())
    if read.tree is None or read.findings:
        raise Unprovable(f"{path}: had faults")
    return read.tree


def _resolve(sources: Sources, memo: Memo) -> dict[str, Catalogue]:
    resolver = Resolver(sources)
    found = {}
    for environment in memo.environments:
        catalogue = resolver.resolve(environment)
        if catalogue is None:
            raise Unprovable(f"{environment!r} cannot be resolved")
        found[environment] = catalogue
    return found


def _find(catalogue: Catalogue, name: str) -> Service | None:
    return catalogue.services.get(name) or catalogue.off.get(name) or catalogue.retired.get(name)


def fleet_of(near: Near, environment: str, memo: Memo, around: Around) -> Fleet:
    """Finish the services of a domain in one environment; the fleet is complete for the domain and for nobody else.

    Raises:
        Unprovable: something is wrong with them.
    """
    catalogue = near.catalogues[environment]
    site, inventory = catalogue.site, catalogue.inventory
    own, beyond = _split(catalogue.services, near.domain)
    off, off_beyond = _split(catalogue.off, near.domain)
    every = Window(*_known(catalogue, near.domain), memo.services.keys())
    living = Window({**own, **off}, {**beyond, **off_beyond}, memo.names(environment, "ro"))
    notes = Notes()
    found = namespaces(own, catalogue.domains, notes)
    needed = fill_needs(own, living, site, notes)
    references = References(site, environment, every, reachable(needed.services, needed.calls), notes)
    steps = memo.steps[environment]
    services = {name: fill_service(item, references, steps.get(name, 0)) for name, item in needed.services.items()}
    if notes.findings:
        raise Unprovable(f"{notes.findings[0].place}: {notes.findings[0].message}")
    pieces = pieces_of(services, inventory, site)
    domains = {near.domain: catalogue.domains[near.domain]}
    by_namespace = namespace_needs(services, found, pieces)
    return Fleet(
        environment=catalogue.environment,
        site=site,
        inventory=inventory,
        domains=domains,
        services=Window(services, beyond, memo.names(environment, "r")),
        off=Window(off, off_beyond, memo.names(environment, "o")),
        retired=Window(*_split(catalogue.retired, near.domain), memo.names(environment, "t")),
        namespaces=with_quota(found, by_namespace, domains),
        namespace_of=_namespaces_of(catalogue, near.domain, memo),
        edges=around.edges,
        not_enforced=around.not_enforced,
        claims=(),
        order=(),
        steps=steps,
        probes=around.probes,
        nfs=nfs_pairs(services, site, inventory),
        databases=around.databases,
        buckets=(),
        needs=domain_needs(services, domains, pieces),
        namespace_needs=by_namespace,
        budgets={near.domain: domains[near.domain].budget},
        edges_left_out=around.edges_left_out,
    )


def _known(catalogue: Catalogue, domain: str) -> tuple[dict[str, Service], dict[str, Service]]:
    return _split({**catalogue.services, **catalogue.off, **catalogue.retired}, domain)


def _namespaces_of(catalogue: Catalogue, domain: str, memo: Memo) -> Window[str]:
    own, beyond = _known(catalogue, domain)
    return Window(
        {name: namespace_of(service) for name, service in own.items()},
        {name: namespace_of(service) for name, service in beyond.items()},
        memo.services.keys(),
    )


def _split(services: Mapping[str, Service], domain: str) -> tuple[dict[str, Service], dict[str, Service]]:
    own = {name: service for name, service in services.items() if service.domain == domain}
    return own, {name: service for name, service in services.items() if name not in own}


def warnings_of(service: Service, catalogue: Catalogue, found: Mapping[str, Namespace]) -> tuple[Finding, ...]:
    """What the checks of one service's pods warn of.

    Raises:
        Unprovable: they refuse something.
    """
    notes = Notes()
    check_service_pods(service, catalogue.site, catalogue.inventory, found, notes)
    if any(finding.severity is not Severity.WARNING for finding in notes.findings):
        raise Unprovable(f"{service.path}: refused")
    return tuple(notes.findings)
