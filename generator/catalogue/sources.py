"""Read every file below `values/` once: what is there, what has its shape, what was left aside."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.catalogue.expand import SITE_RULES, expand_component, expand_service
from generator.catalogue.folder import Folder
from generator.catalogue.gaps import SITE, below, complete_site, field_names, with_images
from generator.catalogue.name import check_domain, check_environment, check_service
from generator.catalogue.shape import shapes
from generator.catalogue.shape.finished import finished
from generator.catalogue.shape.site import SITE as SITE_FIELDS
from generator.catalogue.shape.sound import without
from generator.finding import Finding, Place
from generator.source import Document, Map, merge, nothing_to_remove, read_bytes, read_file
from generator.source.tree import Path as TreePath

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

    `sites` are the site as each environment has it. `unread` are the files that are there and tell
    nothing: what they hold is not known, so nobody may say that it does not exist. `gaps` lead, for
    each file with faults, to the parts that were left out for them.
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
    sites: Mapping[str, Map] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    gaps: Mapping[str, tuple[TreePath, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was read: what of its tree has its shape, with shorthands of a service written out.

    The tree is None where nothing could be made of the file.
    """

    tree: Map | None
    findings: tuple[Finding, ...] = ()
    gaps: tuple[TreePath, ...] = ()


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


def read_service_text(path: str, content: bytes) -> Read:
    """Read what a service file holds or held."""
    return _judged(read_bytes(path, content), "service")


def _read(root: Path, path: str, shape: str, *, is_sound: bool = False) -> Read:
    return _judged(read_file(root, path), shape, is_sound=is_sound)


def _judged(document: Document, shape: str, *, is_sound: bool = False) -> Read:
    if document.findings and not document.tree:
        return Read(None, document.findings)
    if is_sound and not document.findings:
        return Read(expand_service(document.tree) if shape == "service" else document.tree)
    judged = shapes()[shape].judge(document.tree)
    tree = with_images(judged.tree, judged.gaps) if judged.gaps else judged.tree
    findings = (*document.findings, *judged.findings)
    return Read(expand_service(tree) if shape == "service" else tree, findings, judged.gaps)


@dataclass(slots=True)
class _Reading:
    root: Path
    ready: Mapping[str, Read]
    only: Collection[str] | None = None
    sound: Collection[str] = ()
    findings: list[Finding] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    gaps: dict[str, tuple[TreePath, ...]] = field(default_factory=dict)

    def read(self, path: str, shape: str) -> Map | None:
        """What of the tree of a file has its shape, None where it tells nothing."""
        found = self.ready.get(path) or _read(self.root, path, shape, is_sound=path in self.sound)
        self.findings += found.findings
        if found.tree is None:
            self.unread.add(path)
        if found.gaps:
            self.gaps[path] = found.gaps
        return found.tree

    def wants(self, path: str) -> bool:
        """Whether a service file, or one of a domain's, is to be read."""
        return self.only is None or any(one == path or one.startswith(f"{path}/") for one in self.only)

    def folder(self, path: str) -> Folder:
        return Folder(self.root, path, self.findings)

    def read_all(self, folder: str, shape: str) -> Iterator[tuple[str, Map]]:
        for name in self.folder(folder).files():
            tree = self.read(f"{folder}/{name}.yaml", shape)
            if tree is not None:
                yield name, tree


def read_sources(
    root: Path,
    ready: Mapping[str, Read] | None = None,
    only: Collection[str] | None = None,
    sound: Collection[str] = (),
) -> Sources:
    """Read every file below `root/values` but those that are `ready`. Order on disk does not matter.

    `only` are the service files to read, with the domains that they lie in; what belongs to all is read in any case.
    `sound` are files that had their shape when they were last read, and have not changed.
    """
    reading = _Reading(root, ready or {}, only, sound)
    top = reading.folder("values")
    top.note_strays(files=("site", "moves"), folders=_PLACES)
    site = reading.read(SITE, "site")
    domains: dict[str, tuple[str, Map]] = {}
    services: dict[str, ServiceFile] = {}
    for tier in TIERS:
        folder = reading.folder(f"values/{tier}")
        folder.note_strays(files=(), folders=None)
        for domain in folder.folders():
            if reading.wants(f"values/{tier}/{domain}"):
                _read_domain(reading, tier, domain, domains, services)
    for name in ("environments", "inventory", "templates"):
        reading.folder(f"values/{name}").note_strays(files=None, folders=("files",))
    environments = dict(_read_environments(reading))
    sites = _sites(reading, site, environments)
    return Sources(
        root=root,
        site=expand_defaults(site) if site is not None else None,
        domains=domains,
        services=dict(sorted(services.items())),
        templates={name: expand_service(tree) for name, tree in reading.read_all("values/templates", "template")},
        environments=environments,
        hosts=reading.read("values/inventory/hosts.yaml", "inventory"),
        inventories={name: tree for name, tree in reading.read_all("values/inventory", "inventory") if name != "hosts"},
        findings=tuple(dict.fromkeys(reading.findings)),
        sites=sites,
        unread=frozenset(reading.unread),
        gaps=reading.gaps,
    )


def _read_environments(reading: _Reading) -> Iterator[tuple[str, Map]]:
    for name, tree in reading.read_all("values/environments", "environment"):
        reading.findings += check_environment(name, f"values/environments/{name}.yaml")
        for owner in (tree, tree.child("domains"), tree.child("services")):
            reading.findings += [nothing_to_remove(owner, key) for key, value in owner.items() if value is None]
        yield name, tree


def _sites(reading: _Reading, site: Map | None, environments: Mapping[str, Map]) -> dict[str, Map]:
    """The site of each environment: its changes laid over the common one, and stand-ins where it has faults."""
    sites: dict[str, Map] = {}
    common = expand_defaults(site) if site is not None else Map(Place(SITE))
    for name, layer in environments.items():
        path = f"values/environments/{name}.yaml"
        laid = merge(common, expand_defaults(layer.child("site")), reading.findings, SITE_RULES)
        own = below(reading.gaps.get(path, ()), "site")
        told = field_names((*reading.gaps.get(SITE, ()), *own)) if site is not None else frozenset(SITE_FIELDS)
        judged = finished()["site"].judge(without(laid, own), ("site",), told)
        reading.findings += judged.findings
        if judged.gaps:
            reading.gaps[path] = (*reading.gaps.get(path, ()), *(("site", *gap) for gap in judged.gaps))
        sites[name] = complete_site(judged.tree) if judged.gaps else judged.tree
    return sites


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
        if name == "domain" or not reading.wants(file):
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
