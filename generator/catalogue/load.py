"""Resolve what was read for one environment after another: layers merged, values typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from generator.catalogue.build_inventory import build_inventory, merge_inventory
from generator.catalogue.build_service import build_service
from generator.catalogue.build_site import build_domain, build_environment, build_site
from generator.catalogue.expand import COMPONENT_RULES, DOMAIN_RULES, expand_service
from generator.catalogue.files import attach_files
from generator.catalogue.gaps import HERE, INVENTORY, NO_FIELDS, SITE, Fields, Gaps, below, field_names
from generator.catalogue.inventory import ALL_UNREAD, Inventory
from generator.catalogue.layers import lay
from generator.catalogue.name import RESERVED_NAMES, RESERVED_SERVICES
from generator.catalogue.read import Notes
from generator.catalogue.service import Service
from generator.catalogue.shape.finished import finished
from generator.catalogue.shape.sound import without
from generator.catalogue.site import Domain, Environment, Site
from generator.catalogue.sources import TIERS, ServiceFile, Sources, expand_defaults, read_sources
from generator.catalogue.suggest import did_you_mean
from generator.catalogue.templates import chain_of, fill_service
from generator.finding import Finding, Place, sort_findings
from generator.source import Map, Path, Seq, merge

__all__ = ["RESERVED_NAMES", "RESERVED_SERVICES", "TIERS", "Catalogue", "Resolver", "Sources", "read_sources"]

_HOSTS = "values/inventory/hosts.yaml"
_Layers = tuple[Map, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One environment: the site, its domains, machines and services, typed.

    `services` run here; `off` exist and do not; `retired` have a page only. `unread` are services
    and files of which nobody may say that they do not exist: they are there, and have faults. `gaps`
    are the fields of others that could not be read.
    """

    environment: Environment
    site: Site
    inventory: Inventory
    domains: Mapping[str, Domain]
    services: Mapping[str, Service]
    off: Mapping[str, Service]
    retired: Mapping[str, Service]
    findings: tuple[Finding, ...]
    unread: frozenset[str] = frozenset()
    gaps: Gaps = field(default_factory=dict)


class Resolver:
    """Resolves sources for one environment after another, sharing what does not differ."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._chains: dict[str, tuple[tuple[str, ...] | None, _Layers, tuple[Finding, ...]]] = {}
        self._built: dict[tuple[object, ...], tuple[Service | None, tuple[Finding, ...], Fields]] = {}
        self._kept: list[object] = []  # what `_built` knows by id must stay alive
        self._defaults: dict[tuple[int, int], tuple[Map, tuple[Finding, ...]]] = {}

    def resolve(self, name: str) -> Catalogue | None:
        """Resolve one environment; None where it could not be read."""
        sources = self.sources
        layer = sources.environments.get(name)
        if layer is None:
            return None
        site_tree = sources.sites[name]
        gaps = self._gaps(name)
        notes = Notes(unread={*sources.unread, *_names_of(sources.unread)}, gaps=gaps)
        environment = build_environment(name, layer)
        site = build_site(site_tree, notes)
        domain_trees = self._domain_trees(name, layer, notes)
        domains = {
            domain: build_domain(domain, sources.domains[domain][0], tree, notes)
            for domain, tree in domain_trees.items()
        }
        running, off, retired = self._services(environment, layer, site_tree, domains, notes)
        return Catalogue(
            environment=environment,
            site=site,
            inventory=self._inventory(name, notes),
            domains=domains,
            services=running,
            off=off,
            retired=retired,
            findings=sort_findings(notes.findings),
            unread=frozenset(notes.unread),
            gaps=gaps,
        )

    def _gaps(self, environment: str) -> dict[str, Fields]:
        """What could not be read of the site, the machines and the domains, as one environment has them."""
        gaps = self.sources.gaps
        own = gaps.get(f"values/environments/{environment}.yaml", ())
        found = {
            SITE: field_names((*gaps.get(SITE, ()), *below(own, "site"))),
            INVENTORY: field_names((*gaps.get(_HOSTS, ()), *gaps.get(f"{INVENTORY}/{environment}.yaml", ()))),
        }
        for domain, (tier, _) in self.sources.domains.items():
            path = f"values/{tier}/{domain}/domain.yaml"
            found[path] = field_names((*gaps.get(path, ()), *below(own, "domains", domain)))
        return {owner: names for owner, names in found.items() if names}

    def _inventory(self, name: str, notes: Notes) -> Inventory:
        hosts = self.sources.hosts or Map(Place(_HOSTS))
        own = self.sources.inventories.get(name)
        if own is None:
            place = Place(f"values/inventory/{name}.yaml")
            if place.path not in notes.unread:
                notes.error(place, "inventory/missing", f"environment {name!r} has no inventory", f"write {place.path}")
            own = Map(place)
        merged = merge_inventory(hosts, own)
        notes.findings += merged.findings
        judged = finished()["inventory"].judge(merged.tree, told=notes.gaps.get(INVENTORY, NO_FIELDS))
        notes.findings += judged.findings
        built = build_inventory(name, judged.tree, notes)
        files = {_HOSTS, f"{INVENTORY}/{name}.yaml"}
        unread = _left_out(merged.tree, built) | ({ALL_UNREAD} if files & notes.unread else set())
        return replace(built, unread=frozenset(unread))

    def _domain_trees(self, environment: str, layer: Map, notes: Notes) -> dict[str, Map]:
        changes = layer.child("domains")
        for domain in changes:
            if domain not in self.sources.domains and domain not in _domains_of(self.sources.unread):
                message = f"domain {domain!r} does not exist{did_you_mean(domain, self.sources.domains)}"
                fix = "remove the entry, or write its domain.yaml"
                notes.error(changes.key_place(domain), "catalogue/unknown-domain", message, fix)
        whole = {}
        for domain, (_, tree) in self.sources.domains.items():
            laid = merge(tree, expand_defaults(changes.child(domain)), notes.findings, DOMAIN_RULES)
            told = notes.gaps.get(tree.place.path, NO_FIELDS)
            path = f"values/environments/{environment}.yaml"
            own = below(self.sources.gaps.get(path, ()), "domains", domain)
            judged = finished()["domain"].judge(without(laid, own), ("domains", domain), told)
            notes.findings += judged.findings
            whole[domain] = judged.tree
            notes.note_gaps(tree.place.path, judged.gaps)
        return whole

    def _services(
        self, environment: Environment, layer: Map, site: Map, domains: Mapping[str, Domain], notes: Notes
    ) -> tuple[dict[str, Service], dict[str, Service], dict[str, Service]]:
        overrides = layer.child("services")
        self._check_switches(environment, notes)
        groups: tuple[dict[str, Service], dict[str, Service], dict[str, Service]] = ({}, {}, {})
        for name, file in self.sources.services.items():
            if file.domain not in domains:
                notes.unread.add(name)
                continue
            runs = _runs(file, environment)
            override = overrides.get(name)
            if isinstance(override, Map) and not runs:
                message = f"{name!r} is off in {environment.name!r} and has an override"
                fix = "remove the override, or switch the service on"
                notes.error(overrides.key_place(name), "catalogue/override-of-off", message, fix)
                override = None
            change = override if isinstance(override, Map) else None
            gaps = self._gaps_of(file, environment.name)
            service, faults, missing = self._build(file, change, site, domains[file.domain], gaps)
            notes.findings += faults
            if missing:
                notes.gaps[name] = missing
            if service is None or service.is_nothing:
                notes.unread.add(name)  # what nobody has said yet of a service, no other one misses
            if service is not None:
                groups[2 if service.form == "retired" else 0 if runs else 1][name] = service
        for name in overrides:
            if name not in self.sources.services and name not in notes.unread:
                message = f"service {name!r} does not exist{did_you_mean(name, self.sources.services)}"
                fix = "remove the override, or write the service's file"
                notes.error(overrides.key_place(name), "catalogue/unknown-service", message, fix)
        return groups

    def _gaps_of(self, file: ServiceFile, environment: str) -> tuple[Path, ...]:
        """What could not be read of a service, in whichever of its layers it stands."""
        gaps = self.sources.gaps
        if not gaps:
            return ()
        paths = [
            *gaps.get(file.path, ()),
            *below(gaps.get(f"values/environments/{environment}.yaml", ()), "services", file.name),
        ]
        for owner in (SITE, f"values/{file.tier}/{file.domain}/domain.yaml"):
            paths += below(gaps.get(owner, ()), "defaults")
        for template in self._chain(file)[0] or ():
            paths += gaps.get(f"values/templates/{template}.yaml", ())
        return tuple(paths)

    def _build(
        self, file: ServiceFile, override: Map | None, site: Map, domain: Domain, gaps: tuple[Path, ...]
    ) -> tuple[Service | None, tuple[Finding, ...], Fields]:
        """The service, None where its layers do not come to one; what is wrong with it, what could not be read."""
        site_defaults, domain_defaults = site.get("defaults"), domain.tree.get("defaults")
        key = (
            id(site_defaults), id(domain_defaults), id(file.layer), id(override), domain.owner, domain.categories, gaps,
        )  # fmt: skip
        if key not in self._built:
            self._kept += [site_defaults, domain_defaults, override]
            defaults = self._defaults_of(site_defaults, domain_defaults)
            self._built[key] = self._build_anew(file, override, defaults, domain, gaps)
        return self._built[key]

    def _build_anew(
        self,
        file: ServiceFile,
        override: Map | None,
        defaults: tuple[Map, tuple[Finding, ...]],
        domain: Domain,
        gaps: tuple[Path, ...],
    ) -> tuple[Service | None, tuple[Finding, ...], Fields]:
        chain, lower, faults = self._chain(file)
        if chain is None:
            return None, faults, field_names(gaps)
        layers = (*lower, file.layer, *([expand_service(override)] if override is not None else []))
        laid = lay(layers, defaults[0], file.path, gaps)
        missing = field_names(laid.gaps)
        notes = Notes([*defaults[1], *laid.findings], gaps={HERE: missing})
        service = build_service(file.name, file.path, laid, chain, file.domain, file.tier, domain.owner, notes)
        path = f"values/{file.tier}/{file.domain}/domain.yaml"
        knows_all = "categories" not in field_names(self.sources.gaps.get(path, ()))
        if service.category not in domain.categories and knows_all:
            guess = did_you_mean(service.category, domain.categories)
            message = f"{file.name!r} has category {service.category!r}, domain {domain.name!r} has no such{guess}"
            fix = f"write one of {', '.join(domain.categories)}, or add it to {domain.place.path}"
            place = service.tree.value_place("category")
            notes.error(place, "catalogue/unknown-category", message, fix, lacks=(HERE, "category"))
        service, unread = attach_files(service, self.sources.root)
        return service, (*notes.findings, *unread), missing

    def _defaults_of(self, site: object, domain: object) -> tuple[Map, tuple[Finding, ...]]:
        key = (id(site), id(domain))
        if key not in self._defaults:
            findings: list[Finding] = []
            below = site if isinstance(site, Map) else Map(Place("values/site.yaml"))
            laid = merge(below, domain, findings, COMPONENT_RULES) if isinstance(domain, Map) else below
            self._defaults[key] = (laid, tuple(findings))
        return self._defaults[key]

    def _chain(self, file: ServiceFile) -> tuple[tuple[str, ...] | None, tuple[Map, ...], tuple[Finding, ...]]:
        """The names of a service's templates, and their trees filled in for it; None where one is missing."""
        named = file.layer.get("template")
        if not isinstance(named, str):
            return (), (), ()
        if file.name not in self._chains:
            findings: list[Finding] = []
            place = file.layer.value_place("template")
            chain = chain_of(named, place, self.sources.templates, findings, _names_of(self.sources.unread))
            trees = [fill_service(self.sources.templates[template], file.name) for template in chain or ()]
            layers = tuple(tree for tree in trees if isinstance(tree, Map))
            self._chains[file.name] = (None if chain is None else tuple(chain), layers, tuple(findings))
        return self._chains[file.name]

    def _check_switches(self, environment: Environment, notes: Notes) -> None:
        known = set()
        for file in self.sources.services.values():
            known |= {file.tier, f"{file.tier}/{file.domain}", f"{file.tier}/{file.domain}/{file.name}"}
        for path in self.sources.unread:
            known |= _switches_of(path)
        for key, paths in (("enabled", environment.enabled), ("disabled", environment.disabled)):
            value = environment.tree.get(key)
            for index, path in enumerate(paths):
                if path not in known:
                    place = value.item_place(index) if isinstance(value, Seq) else environment.place
                    message = f"{key!r} names {path!r}, nothing below values/ is called so{did_you_mean(path, known)}"
                    fix = "write tier, tier/domain or tier/domain/service"
                    notes.error(place, "catalogue/unknown-path", message, fix)


def _runs(file: ServiceFile, environment: Environment) -> bool:
    """The longest path of `enabled` and `disabled` that leads to the service decides."""
    paths = (f"{file.tier}/{file.domain}/{file.name}", f"{file.tier}/{file.domain}", file.tier)
    for path in paths:
        if path in environment.disabled:
            return False
        if path in environment.enabled:
            return True
    return not environment.enabled


def _names_of(paths: frozenset[str]) -> frozenset[str]:
    """The names of services and templates whose files are at `paths`."""
    return frozenset(path.rpartition("/")[2].removesuffix(".yaml") for path in paths)


def _domains_of(paths: frozenset[str]) -> frozenset[str]:
    return frozenset(path.split("/")[2] for path in paths if path.endswith("/domain.yaml"))


def _switches_of(path: str) -> set[str]:
    """What `enabled` and `disabled` may name of a file: its tier, its domain, the service itself."""
    below = path.removeprefix("values/").removesuffix(".yaml").removesuffix("/domain")
    parts = below.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts) + 1)} if parts[0] in TIERS else set()


def _left_out(tree: Map, built: Inventory) -> set[str]:
    """Names of hosts and machines that the files have, and of which nothing could be built."""
    sections = {"hosts": built.hosts, "nodes": built.nodes, "vms": built.vms}
    return {name for section, known in sections.items() for name in tree.child(section).keys() - known.keys()}
