"""Read every file below `values/` once: what is there, what has its shape, what was left aside."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.catalogue.expand import SITE_RULES, expand_component, expand_service
from generator.catalogue.folder import Folder
from generator.catalogue.name import check_domain, check_environment, check_service
from generator.catalogue.shape import shapes
from generator.catalogue.shape.finished import finished
from generator.finding import Finding
from generator.source import Map, merge, nothing_to_remove, read_file

TIERS = ("core", "platform", "apps")
_PLACES = (*TIERS, "environments", "inventory", "templates")


@dataclass(frozen=True, slots=True)
class ServiceFile:
    name: str
    domain: str
    tier: str
    path: str
    layer: Map


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that was read and has its shape, with shorthands written out.

    `unread` are the files that are there and have a fault: what they hold is not known, so nobody
    may say that it does not exist.
    """

    root: Path
    site: Map | None
    domains: Mapping[str, tuple[str, Map]]
    services: Mapping[str, ServiceFile]
    templates: Mapping[str, Map]
    environments: Mapping[str, Map]
    hosts: Map | None
    inventories: Mapping[str, Map]
    findings: tuple[Finding, ...]
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read: its tree with shorthands of a service written out, None where it has a fault."""

    tree: Map | None
    findings: tuple[Finding, ...]


def service_paths(root: Path) -> list[str]:
    """The service files below `root/values`, in order."""
    ignored: list[Finding] = []  # whoever reads everything says so
    return [
        f"values/{tier}/{domain}/{name}.yaml"
        for tier in TIERS
        for domain in Folder(root, f"values/{tier}", ignored).folders()
        for name in Folder(root, f"values/{tier}/{domain}", ignored).files()
        if name != "domain"
    ]


def read_services(root: Path, paths: Iterable[str]) -> dict[str, Read]:
    """Read some of the service files; which ones, and in what order, does not matter."""
    return {path: _read(root, path, "service") for path in paths}


def _read(root: Path, path: str, shape: str) -> Read:
    document = read_file(root, path)
    faults = list(document.findings)
    if document.tree or not faults:
        faults += shapes()[shape].findings(document.tree)
    if faults:
        return Read(None, tuple(faults))
    return Read(expand_service(document.tree) if shape == "service" else document.tree, ())


@dataclass(slots=True)
class _Reading:
    root: Path
    ready: Mapping[str, Read]
    findings: list[Finding] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def read(self, path: str, shape: str) -> Map | None:
        """The tree of a file, None where it has a fault."""
        found = self.ready.get(path) or _read(self.root, path, shape)
        self.findings += found.findings
        if found.findings:
            self.unread.add(path)
        return found.tree

    def folder(self, path: str) -> Folder:
        return Folder(self.root, path, self.findings)

    def read_all(self, folder: str, shape: str) -> Iterator[tuple[str, Map]]:
        for name in self.folder(folder).files():
            tree = self.read(f"{folder}/{name}.yaml", shape)
            if tree is not None:
                yield name, tree


def read_sources(root: Path, ready: Mapping[str, Read] | None = None) -> Sources:
    """Read every file below `root/values` but those that are `ready`. Order on disk does not matter."""
    reading = _Reading(root, ready or {})
    top = reading.folder("values")
    top.note_strays(files=("site", "moves"), folders=_PLACES)
    site = reading.read("values/site.yaml", "site")
    domains: dict[str, tuple[str, Map]] = {}
    services: dict[str, ServiceFile] = {}
    for tier in TIERS:
        folder = reading.folder(f"values/{tier}")
        folder.note_strays(files=(), folders=None)
        for domain in folder.folders():
            _read_domain(reading, tier, domain, domains, services)
    for name in ("environments", "inventory", "templates"):
        reading.folder(f"values/{name}").note_strays(files=None, folders=("files",))
    environments = dict(_read_environments(reading))
    return Sources(
        root=root,
        site=expand_defaults(site) if site is not None else None,
        domains=domains,
        services=dict(sorted(services.items())),
        templates={name: expand_service(tree) for name, tree in reading.read_all("values/templates", "template")},
        environments=_whole(reading, site, environments),
        hosts=reading.read("values/inventory/hosts.yaml", "inventory"),
        inventories={name: tree for name, tree in reading.read_all("values/inventory", "inventory") if name != "hosts"},
        findings=tuple(dict.fromkeys(reading.findings)),
        unread=frozenset(reading.unread),
    )


def _read_environments(reading: _Reading) -> Iterator[tuple[str, Map]]:
    for name, tree in reading.read_all("values/environments", "environment"):
        reading.findings += check_environment(name, f"values/environments/{name}.yaml")
        for owner in (tree, tree.child("domains"), tree.child("services")):
            reading.findings += [nothing_to_remove(owner, key) for key, value in owner.items() if value is None]
        yield name, tree


def _whole(reading: _Reading, site: Map | None, environments: Mapping[str, Map]) -> dict[str, Map]:
    """The environments whose site is complete once their changes lie over the common one."""
    if site is None:
        return dict(environments)
    whole = {}
    for name, layer in environments.items():
        changes = expand_defaults(layer.child("site"))
        laid = merge(expand_defaults(site), changes, reading.findings, SITE_RULES)
        faults = tuple(finished()["site"].findings(laid, ("site",)))
        reading.findings += faults
        if faults:
            reading.unread.add(f"values/environments/{name}.yaml")
        else:
            whole[name] = layer
    return whole


def _read_domain(
    reading: _Reading, tier: str, domain: str, domains: dict[str, tuple[str, Map]], services: dict[str, ServiceFile]
) -> None:
    path = f"values/{tier}/{domain}"
    folder = reading.folder(path)
    folder.note_strays(files=None, folders=("files",))
    reading.findings += check_domain(domain, path, domains)
    is_twin = domain in domains
    tree = reading.read(f"{path}/domain.yaml", "domain")
    if tree is not None:
        domains.setdefault(domain, (tier, expand_defaults(tree)))
    for name in folder.files():
        file = f"{path}/{name}.yaml"
        if name == "domain":
            continue
        known = {name: services[name].path} if name in services else {}
        reading.findings += check_service(name, file, known)
        layer = reading.read(file, "service")
        if layer is not None and not is_twin:
            services.setdefault(name, ServiceFile(name, domain, tier, file, layer))
        if tree is None or is_twin:
            reading.unread.add(file)


def expand_defaults(tree: Map) -> Map:
    """Return a site, domain or change of one with the shorthands of its `defaults` written out."""
    defaults = tree.get("defaults")
    if not isinstance(defaults, Map):
        return tree
    result = tree.copy()
    result.put("defaults", expand_component(defaults), *tree.marks["defaults"])
    return result
