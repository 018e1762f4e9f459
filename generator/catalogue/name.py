"""Names that come from the disk: of services, domains and environments."""

import re
from collections.abc import Iterator, Mapping

from generator.catalogue.shape.build import LABEL
from generator.finding import Finding, Place
from generator.source import Map
from generator.source.scalar import is_plain_text

RESERVED_SERVICES = frozenset({"domain", "self", "kubernetes", "internet"})
RESERVED_NAMES = frozenset({"common", "shared-config", "namespaces", "root", "hosts"})
LONGEST_SERVICE = 52  # a CronJob's pods get eleven letters more, and 63 is the end
_LABEL = re.compile(LABEL.removesuffix("$") + r"\Z")
_SPELLING = "lower-case letters, digits and hyphens"


def check_service(name: str, path: str, known: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong with a service's name. `known` maps those met before to their files."""
    place = Place(path)
    if name in RESERVED_SERVICES:
        yield Finding(place, "catalogue/reserved-name", f"service name {name!r} is reserved", "rename the file")
    elif not _LABEL.match(name) or len(name) > LONGEST_SERVICE:
        message = f"service name {name!r} is not a DNS label of at most {LONGEST_SERVICE} letters"
        yield Finding(place, "catalogue/name", message, f"rename the file: {_SPELLING}")
    elif not is_plain_text(name):
        yield not_text(place, "service name", name, "rename the file")
    elif name in known:
        message = f"service {name!r} is already {known[name]}"
        also = (Place(known[name]),)
        yield Finding(place, "catalogue/duplicate-name", message, "rename one of the files", also=also)


def check_domain(name: str, path: str, known: Mapping[str, tuple[str, Map]]) -> Iterator[Finding]:
    """Yield what is wrong with a domain's name. `known` maps those met before to tier and tree."""
    place = Place(f"{path}/domain.yaml")
    if name in RESERVED_NAMES:
        yield Finding(place, "catalogue/reserved-name", f"domain name {name!r} is reserved", "rename the folder")
    elif not _LABEL.match(name):
        message = f"domain name {name!r} is not a DNS label"
        yield Finding(place, "catalogue/name", message, f"rename the folder: {_SPELLING}")
    elif not is_plain_text(name):
        yield not_text(place, "domain name", name, "rename the folder")
    elif name in known:
        other = f"values/{known[name][0]}/{name}"
        message = f"domain {name!r} is already {other}"
        also = (Place(f"{other}/domain.yaml"),)
        yield Finding(place, "catalogue/duplicate-name", message, "rename one of the folders", also=also)


def check_environment(name: str, path: str) -> Iterator[Finding]:
    """Yield what is wrong with an environment's name."""
    place = Place(path)
    if name in RESERVED_NAMES:
        yield Finding(place, "catalogue/reserved-name", f"environment name {name!r} is reserved", "rename the file")
    elif not _LABEL.match(name):
        message = f"environment name {name!r} is not a DNS label"
        yield Finding(place, "catalogue/name", message, f"rename the file: {_SPELLING}")
    elif not is_plain_text(name):
        yield not_text(place, "environment name", name, "rename the file")


def not_text(place: Place, what: str, name: str, fix: str) -> Finding:
    """A name that stands bare in manifests, where some reader would take it for something else."""
    return Finding(place, "catalogue/name", f"{what} {name!r} is something else than text to some YAML readers", fix)
