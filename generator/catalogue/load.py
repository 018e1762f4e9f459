"""Read `values/` once and resolve it for each environment.

A file that cannot be read, or does not have its shape, is a finding and stays out; the others are
still read, so one bad file never hides the rest.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.catalogue.build_inventory import build_inventory, merge_inventory
from generator.catalogue.build_service import build_service
from generator.catalogue.build_site import build_domain, build_environment, build_site
from generator.catalogue.expand import SERVICE_RULES, expand_component, expand_service
from generator.catalogue.files import attach_files
from generator.catalogue.inventory import Inventory
from generator.catalogue.read import Notes
from generator.catalogue.service import Service
from generator.catalogue.shape import shapes
from generator.catalogue.site import Domain, Environment, Site
from generator.catalogue.suggest import did_you_mean
from generator.catalogue.templates import chain_of, fill_service
from generator.finding import Finding, Place, sort_findings
from generator.source import Document, Map, MergeRules, Seq, merge, read_file, settle

TIERS = ("core", "platform", "apps")
RESERVED_SERVICES = frozenset({"domain", "self", "kubernetes", "internet"})
RESERVED_NAMES = frozenset({"common", "shared-config", "namespaces", "root", "hosts"})
_NAME = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LONGEST_SERVICE = 52


@dataclass(frozen=True, slots=True)
class ServiceFile:
    name: str
    domain: str
    tier: str
    path: str
    layer: Map


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that was read and has its shape, with shorthands written out."""

    root: Path
    site: Map | None
    domains: Mapping[str, tuple[str, Map]]
    services: Mapping[str, ServiceFile]
    templates: Mapping[str, Map]
    environments: Mapping[str, Map]
    hosts: Map | None
    inventories: Mapping[str, Map]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One environment: the site, its domains, machines and services, typed.

    `services` run here; `off` exist and do not; `retired` have a page only.
    """

    environment: Environment
    site: Site
    inventory: Inventory
    domains: Mapping[str, Domain]
    services: Mapping[str, Service]
    off: Mapping[str, Service]
    retired: Mapping[str, Service]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Reading:
    root: Path
    findings: list[Finding] = field(default_factory=list)

    def read(self, path: str, shape: str) -> Map | None:
        document: Document = read_file(self.root, path)
        faults = list(document.findings)
        if (
            not any(fault.rule in ("source/syntax", "source/refused", "source/too-deep") for fault in faults)
            and document.tree
        ):
            faults += shapes()[shape].findings(document.tree)
        self.findings += faults
        return document.tree if not faults else None


def read_sources(root: Path) -> Sources:
    """Read every file below `root/values`. Order on disk does not matter."""
    reading = _Reading(root)
    site = reading.read("values/site.yaml", "site")
    domains: dict[str, tuple[str, Map]] = {}
    services: dict[str, ServiceFile] = {}
    for tier in TIERS:
        for domain in _folders(reading, f"values/{tier}"):
            _read_domain(reading, tier, domain, domains, services)
    return Sources(
        root=root,
        site=_expand_defaults(site) if site is not None else None,
        domains=domains,
        services=dict(sorted(services.items())),
        templates={name: expand_service(tree) for name, tree in _read_all(reading, "values/templates", "template")},
        environments=dict(_read_all(reading, "values/environments", "environment")),
        hosts=reading.read("values/inventory/hosts.yaml", "inventory"),
        inventories={
            name: tree for name, tree in _read_all(reading, "values/inventory", "inventory") if name != "hosts"
        },
        findings=tuple(reading.findings),
    )


def _read_domain(
    reading: _Reading, tier: str, domain: str, domains: dict[str, tuple[str, Map]], services: dict[str, ServiceFile]
) -> None:
    folder = f"values/{tier}/{domain}"
    place = Place(f"{folder}/domain.yaml")
    if domain in RESERVED_NAMES:
        reading.findings.append(
            Finding(place, "catalogue/reserved-name", f"domain name {domain!r} is reserved", "rename the folder")
        )
    if domain in domains:
        other = f"values/{domains[domain][0]}/{domain}"
        message = f"domain {domain!r} is already {other}"
        reading.findings.append(
            Finding(
                place,
                "catalogue/duplicate-name",
                message,
                "rename one of the folders",
                also=(Place(f"{other}/domain.yaml"),),
            )
        )
    tree = reading.read(f"{folder}/domain.yaml", "domain")
    if tree is not None:
        domains[domain] = (tier, _expand_defaults(tree))
    for name in _files(reading, folder):
        path = f"{folder}/{name}.yaml"
        if name == "domain":
            continue
        _check_name(reading, name, path, services)
        layer = reading.read(path, "service")
        if layer is not None:
            services.setdefault(name, ServiceFile(name, domain, tier, path, expand_service(layer)))


def _check_name(reading: _Reading, name: str, path: str, services: Mapping[str, ServiceFile]) -> None:
    import re

    place = Place(path)
    if name in RESERVED_SERVICES:
        reading.findings.append(
            Finding(place, "catalogue/reserved-name", f"service name {name!r} is reserved", "rename the file")
        )
    elif not re.fullmatch(_NAME, name) or len(name) > _LONGEST_SERVICE:
        message = f"service name {name!r} is not a DNS label of at most {_LONGEST_SERVICE} letters"
        reading.findings.append(
            Finding(place, "catalogue/name", message, "rename the file: lower-case letters, digits and hyphens")
        )
    elif name in services:
        other = Place(services[name].path)
        message = f"service {name!r} is already {other.path}"
        reading.findings.append(
            Finding(place, "catalogue/duplicate-name", message, "rename one of the files", also=(other,))
        )


def _read_all(reading: _Reading, folder: str, shape: str) -> Iterator[tuple[str, Map]]:
    for name in _files(reading, folder):
        tree = reading.read(f"{folder}/{name}.yaml", shape)
        if tree is not None:
            yield name, tree


def _folders(reading: _Reading, folder: str) -> list[str]:
    return [entry.name for entry in _entries(reading, folder) if entry.is_dir(follow_symlinks=False)]


def _files(reading: _Reading, folder: str) -> list[str]:
    return [
        entry.name.removesuffix(".yaml")
        for entry in _entries(reading, folder)
        if entry.name.endswith(".yaml") and entry.is_file(follow_symlinks=False)
    ]


def _entries(reading: _Reading, folder: str) -> list[os.DirEntry[str]]:
    """Entries in order of name; a link or a file with another ending is a finding."""
    try:
        with os.scandir(reading.root / folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        reading.findings.append(
            Finding(
                Place(folder),
                "source/unreadable",
                f"{folder!r} cannot be read: {error.strerror}",
                "make it a readable folder",
            )
        )
        return []
    kept = []
    for entry in entries:
        place = Place(f"{folder}/{entry.name}")
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            reading.findings.append(
                Finding(
                    place,
                    "source/symbolic-link",
                    f"{place.path!r} is a symbolic link, links are not followed here",
                    "put the file itself there",
                )
            )
        elif entry.name.endswith(".yml"):
            reading.findings.append(
                Finding(
                    place,
                    "source/file-name",
                    f"{place.path!r} is not read, file names end in .yaml",
                    f"rename it to {entry.name[:-4]}.yaml",
                )
            )
        else:
            kept.append(entry)
    return kept


def _expand_defaults(tree: Map) -> Map:
    defaults = tree.get("defaults")
    if not isinstance(defaults, Map):
        return tree
    result = tree.copy()
    result.put("defaults", expand_component(defaults), *tree.marks["defaults"])
    return result


_DOMAIN_RULES = MergeRules(SERVICE_RULES.exclusive, lambda path: path[0] == "defaults")


class Resolver:
    """Resolves sources for one environment after another, sharing what does not differ."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._chains: dict[str, tuple[tuple[str, ...], Map, tuple[Finding, ...]]] = {}
        self._built: dict[tuple[int, ...], tuple[Service, tuple[Finding, ...]]] = {}
        self._kept: list[object] = []  # what `_built` knows by id must stay alive
        self._defaults: dict[tuple[int, int], tuple[Map, tuple[Finding, ...]]] = {}

    def resolve(self, name: str) -> Catalogue | None:
        """Resolve one environment; None where site or environment could not be read."""
        sources = self.sources
        layer = sources.environments.get(name)
        if sources.site is None or layer is None:
            return None
        notes = Notes()
        environment = build_environment(name, layer)
        site_tree = merge(sources.site, _expand_defaults(layer.child("site")), notes.findings)
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
        )

    def _inventory(self, name: str, notes: Notes) -> Inventory:
        hosts = self.sources.hosts or Map(Place("values/inventory/hosts.yaml"))
        own = self.sources.inventories.get(name)
        if own is None:
            place = Place(f"values/inventory/{name}.yaml")
            notes.error(place, "inventory/missing", f"environment {name!r} has no inventory", f"write {place.path}")
            own = Map(place)
        merged = merge_inventory(hosts, own)
        notes.findings += merged.findings
        return build_inventory(name, merged.tree, notes)

    def _domain_trees(self, layer: Map, notes: Notes) -> dict[str, Map]:
        changes = layer.child("domains")
        for domain in changes:
            if domain not in self.sources.domains:
                message = f"domain {domain!r} does not exist{did_you_mean(domain, self.sources.domains)}"
                notes.error(
                    changes.key_place(domain),
                    "catalogue/unknown-domain",
                    message,
                    "remove the entry, or write its domain.yaml",
                )
        return {
            domain: merge(tree, _expand_defaults(changes.child(domain)), notes.findings, _DOMAIN_RULES)
            for domain, (_, tree) in self.sources.domains.items()
        }

    def _services(
        self, environment: Environment, layer: Map, site: Map, domains: Mapping[str, Domain], notes: Notes
    ) -> tuple[dict[str, Service], dict[str, Service], dict[str, Service]]:
        overrides = layer.child("services")
        self._check_switches(environment, notes)
        groups: tuple[dict[str, Service], dict[str, Service], dict[str, Service]] = ({}, {}, {})
        for name, file in self.sources.services.items():
            if file.domain not in domains:
                continue
            runs = _runs(file, environment)
            override = overrides.child(name) if name in overrides else None
            if override is not None and not runs:
                message = f"{name!r} is off in {environment.name!r} and has an override"
                notes.error(
                    overrides.key_place(name),
                    "catalogue/override-of-off",
                    message,
                    "remove the override, or switch the service on",
                )
                override = None
            service, faults = self._build(file, override, site, domains[file.domain])
            notes.findings += faults
            groups[2 if service.form == "retired" else 0 if runs else 1][name] = service
        for name in overrides:
            if name not in self.sources.services:
                message = f"service {name!r} does not exist{did_you_mean(name, self.sources.services)}"
                notes.error(
                    overrides.key_place(name),
                    "catalogue/unknown-service",
                    message,
                    "remove the override, or write the service's file",
                )
        return groups

    def _build(
        self, file: ServiceFile, override: Map | None, site: Map, domain: Domain
    ) -> tuple[Service, tuple[Finding, ...]]:
        site_defaults = site.get("defaults")
        domain_defaults = domain.tree.get("defaults")
        key = (id(site_defaults), id(domain_defaults), id(file.layer), id(override))
        if key in self._built:
            return self._built[key]
        self._kept += [site_defaults, domain_defaults, override]
        chain, below, faults = self._chain(file)
        findings = list(faults)
        defaults, default_faults = self._defaults_of(site_defaults, domain_defaults)
        findings += default_faults
        tree = merge(below, file.layer, findings, SERVICE_RULES)
        if override is not None:
            tree = merge(tree, expand_service(override), findings, SERVICE_RULES)
        service, more = build_service(file.name, file.path, tree, defaults, chain, file.domain, file.tier, domain.owner)
        if service.category and service.category not in domain.categories:
            guess = did_you_mean(service.category, domain.categories)
            message = f"{file.name!r} has category {service.category!r}, domain {domain.name!r} has no such{guess}"
            fix = f"write one of {', '.join(domain.categories)}, or add it to {domain.place.path}"
            findings.append(Finding(tree.value_place("category"), "catalogue/unknown-category", message, fix))
        service, unread = attach_files(service, self.sources.root)
        built = (service, (*findings, *more, *unread))
        self._built[key] = built
        return built

    def _defaults_of(self, site: object, domain: object) -> tuple[Map, tuple[Finding, ...]]:
        key = (id(site), id(domain))
        if key not in self._defaults:
            findings: list[Finding] = []
            below = site if isinstance(site, Map) else Map(Place("values/site.yaml"))
            laid = merge(below, domain, findings, SERVICE_RULES) if isinstance(domain, Map) else below
            self._defaults[key] = (laid, tuple(findings))
        return self._defaults[key]

    def _chain(self, file: ServiceFile) -> tuple[tuple[str, ...], Map, tuple[Finding, ...]]:
        """The names of a service's templates and their trees as one, filled in for it."""
        named = file.layer.get("template")
        if not isinstance(named, str):
            return (), Map(Place(file.path)), ()
        if file.name not in self._chains:
            findings: list[Finding] = []
            chain = chain_of(named, file.layer.value_place("template"), self.sources.templates, findings)
            tree = Map(Place(file.path))
            for template in chain:
                layer = fill_service(self.sources.templates[template], file.name)
                assert isinstance(layer, Map)
                tree = merge(tree, layer, findings, SERVICE_RULES) if tree else settle(layer, findings, SERVICE_RULES)
            self._chains[file.name] = (tuple(chain), tree, tuple(findings))
        return self._chains[file.name]

    def _check_switches(self, environment: Environment, notes: Notes) -> None:
        known = set()
        for file in self.sources.services.values():
            known |= {file.tier, f"{file.tier}/{file.domain}", f"{file.tier}/{file.domain}/{file.name}"}
        for key, paths in (("enabled", environment.enabled), ("disabled", environment.disabled)):
            value = environment.tree.get(key)
            for index, path in enumerate(paths):
                if path not in known:
                    place = value.item_place(index) if isinstance(value, Seq) else environment.place
                    message = f"{key!r} names {path!r}, nothing below values/ is called so{did_you_mean(path, known)}"
                    notes.error(
                        place, "catalogue/unknown-path", message, "write tier, tier/domain or tier/domain/service"
                    )


def _runs(file: ServiceFile, environment: Environment) -> bool:
    """The longest path of `enabled` and `disabled` that leads to the service decides."""
    paths = (f"{file.tier}/{file.domain}/{file.name}", f"{file.tier}/{file.domain}", file.tier)
    for path in paths:
        if path in environment.disabled:
            return False
        if path in environment.enabled:
            return True
    return not environment.enabled
