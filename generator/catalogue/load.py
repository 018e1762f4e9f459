"""Resolve what was read for one environment after another: layers merged, values typed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from generator.catalogue.build_inventory import build_inventory, merge_inventory
from generator.catalogue.build_service import build_service
from generator.catalogue.build_site import build_domain, build_environment, build_site
from generator.catalogue.expand import COMPONENT_RULES, DOMAIN_RULES, SITE_RULES, expand_service
from generator.catalogue.files import attach_files
from generator.catalogue.inventory import ALL_UNREAD, Inventory
from generator.catalogue.layers import lay
from generator.catalogue.name import RESERVED_NAMES, RESERVED_SERVICES
from generator.catalogue.read import Notes
from generator.catalogue.service import Service
from generator.catalogue.shape.finished import finished
from generator.catalogue.site import Domain, Environment, Site
from generator.catalogue.sources import TIERS, ServiceFile, Sources, expand_defaults, read_sources
from generator.catalogue.suggest import did_you_mean
from generator.catalogue.templates import chain_of, fill_service
from generator.finding import Finding, Place, sort_findings
from generator.source import Map, Seq, merge

__all__ = ["RESERVED_NAMES", "RESERVED_SERVICES", "TIERS", "Catalogue", "Resolver", "Sources", "read_sources"]

_HOSTS = "values/inventory/hosts.yaml"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One environment: the site, its domains, machines and services, typed.

    `services` run here; `off` exist and do not; `retired` have a page only. `unread` are services
    and files of which nobody may say that they do not exist: they are there, and have faults.
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


class Resolver:
    """Resolves sources for one environment after another, sharing what does not differ."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._chains: dict[str, tuple[tuple[str, ...] | None, tuple[Map, ...], tuple[Finding, ...]]] = {}
        self._built: dict[tuple[object, ...], tuple[Service | None, tuple[Finding, ...]]] = {}
        self._kept: list[object] = []  # what `_built` knows by id must stay alive
        self._defaults: dict[tuple[int, int], tuple[Map, tuple[Finding, ...]]] = {}

    def resolve(self, name: str) -> Catalogue | None:
        """Resolve one environment; None where site or environment could not be read."""
        sources = self.sources
        layer = sources.environments.get(name)
        if sources.site is None or layer is None:
            return None
        notes = Notes(unread={*sources.unread, *_names_of(sources.unread)})
        environment = build_environment(name, layer)
        site_tree = merge(sources.site, expand_defaults(layer.child("site")), notes.findings, SITE_RULES)
        site = build_site(site_tree, notes)
        domain_trees = self._domain_trees(layer, notes)
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
        )

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
        faults = tuple(finished()["inventory"].findings(merged.tree))
        notes.findings += faults
        whole = _whole_entries(merged.tree) if faults else merged.tree
        files = {_HOSTS, f"values/inventory/{name}.yaml"}
        unread = _left_out(merged.tree, whole) | ({ALL_UNREAD} if files & notes.unread else set())
        return replace(build_inventory(name, whole, notes), unread=frozenset(unread))

    def _domain_trees(self, layer: Map, notes: Notes) -> dict[str, Map]:
        changes = layer.child("domains")
        for domain in changes:
            if domain not in self.sources.domains and domain not in _domains_of(self.sources.unread):
                message = f"domain {domain!r} does not exist{did_you_mean(domain, self.sources.domains)}"
                fix = "remove the entry, or write its domain.yaml"
                notes.error(changes.key_place(domain), "catalogue/unknown-domain", message, fix)
        whole = {}
        for domain, (_, tree) in self.sources.domains.items():
            laid = merge(tree, expand_defaults(changes.child(domain)), notes.findings, DOMAIN_RULES)
            faults = tuple(finished()["domain"].findings(laid, ("domains", domain)))
            notes.findings += faults
            if not faults:
                whole[domain] = laid
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
            service, faults = self._build(file, change, site, domains[file.domain])
            notes.findings += faults
            if service is None:
                notes.unread.add(name)
            else:
                groups[2 if service.form == "retired" else 0 if runs else 1][name] = service
        for name in overrides:
            if name not in self.sources.services and name not in notes.unread:
                message = f"service {name!r} does not exist{did_you_mean(name, self.sources.services)}"
                fix = "remove the override, or write the service's file"
                notes.error(overrides.key_place(name), "catalogue/unknown-service", message, fix)
        return groups

    def _build(
        self, file: ServiceFile, override: Map | None, site: Map, domain: Domain
    ) -> tuple[Service | None, tuple[Finding, ...]]:
        """The service, None where its layers do not come to one, and what is wrong with it."""
        site_defaults, domain_defaults = site.get("defaults"), domain.tree.get("defaults")
        key = (id(site_defaults), id(domain_defaults), id(file.layer), id(override), domain.owner, domain.categories)
        if key not in self._built:
            self._kept += [site_defaults, domain_defaults, override]
            defaults = self._defaults_of(site_defaults, domain_defaults)
            self._built[key] = self._build_anew(file, override, defaults, domain)
        return self._built[key]

    def _build_anew(
        self, file: ServiceFile, override: Map | None, defaults: tuple[Map, tuple[Finding, ...]], domain: Domain
    ) -> tuple[Service | None, tuple[Finding, ...]]:
        chain, below, faults = self._chain(file)
        if chain is None:
            return None, faults
        layers = (*below, file.layer, *([expand_service(override)] if override is not None else []))
        laid = lay(layers, defaults[0], file.path)
        if any(fault.rule.startswith("shape/") for fault in laid.findings):
            return None, (*defaults[1], *laid.findings)
        service, more = build_service(file.name, file.path, laid, chain, file.domain, file.tier, domain.owner)
        findings = [*defaults[1], *laid.findings, *more]
        if service.category not in domain.categories:
            guess = did_you_mean(service.category, domain.categories)
            message = f"{file.name!r} has category {service.category!r}, domain {domain.name!r} has no such{guess}"
            fix = f"write one of {', '.join(domain.categories)}, or add it to {domain.place.path}"
            place = service.tree.value_place("category")
            findings.append(Finding(place, "catalogue/unknown-category", message, fix))
        service, unread = attach_files(service, self.sources.root)
        return service, (*findings, *unread)

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


def _whole_entries(tree: Map) -> Map:
    """The inventory without the entries that do not have their shape."""
    shape = finished()["inventory"]
    result = Map(tree.place)
    for section, value in tree.items():
        kept = value
        if isinstance(value, Map) and section in ("hosts", "storages", "images", "nodes", "vms"):
            kept = Map(value.place)
            for name, entry in value.items():
                if shape.fits(_nested(value, section, name)):
                    kept.put(name, entry, *value.marks[name])
        probe = Map(tree.place)
        probe.put(section, kept, *tree.marks[section])
        if shape.fits(probe):
            result.put(section, kept, *tree.marks[section])
    return result


def _left_out(tree: Map, whole: Map) -> set[str]:
    """Names of hosts and machines that are in `tree` and not in `whole`."""
    return {
        name
        for section in ("hosts", "nodes", "vms")
        for name in tree.child(section).keys() - whole.child(section).keys()
    }


def _nested(owner: Map, section: str, name: str) -> Map:
    inner, outer = Map(owner.place), Map(owner.place)
    inner.put(name, owner[name], *owner.marks[name])
    outer.put(section, inner, owner.place, owner.place)
    return outer
