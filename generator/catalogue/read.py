"""Small typed readers of trees whose shape has been checked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from generator.catalogue import quantity
from generator.catalogue.gaps import NO_FIELDS, Fields, field_names, is_stand_in
from generator.catalogue.service import Image, Json, Resources
from generator.finding import Finding, Place, Severity
from generator.source import Map, Path, Seq, plain

T = TypeVar("T")


@dataclass(slots=True)
class Notes:
    """Findings as they are met while one service or file is built.

    `unread` are services and files of which nothing is known: they are there, so nobody may say
    that they do not exist. `gaps` are the fields of others that could not be read.
    """

    findings: list[Finding] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    gaps: dict[str, Fields] = field(default_factory=dict)

    def note_gaps(self, owner: str, paths: Iterable[Path]) -> None:
        """Keep which fields of `owner` could not be read."""
        names = field_names(paths)
        if names:
            self.gaps[owner] = self.gaps.get(owner, NO_FIELDS) | names

    def may_have(self, owner: str, *fields: str) -> bool:
        """Whether one of these fields of `owner` is there and could not be read; a template might give any."""
        return owner in self.unread or not self.gaps.get(owner, NO_FIELDS).isdisjoint((*fields, "template"))

    def error(
        self,
        place: Place,
        rule: str,
        message: str,
        fix: str,
        *,
        also: tuple[Place, ...] = (),
        replacement: str | None = None,
        lacks: tuple[str, ...] | None = None,
    ) -> None:
        """Note an error. `lacks` names an owner and its fields: if one of them could not be read, that is told."""
        if is_stand_in(place) or (lacks is not None and self.may_have(*lacks)):
            return
        self.findings.append(Finding(place, rule, message, fix, also=also, replacement=replacement))

    def warning(self, place: Place, rule: str, message: str, fix: str) -> None:
        self.findings.append(Finding(place, rule, message, fix, Severity.WARNING))


def text(tree: Map, key: str) -> str | None:
    value = tree.get(key)
    return None if value is None else str(value)


def texts(tree: Map, key: str) -> tuple[str, ...]:
    value = tree.get(key)
    return tuple(str(item) for item in value) if isinstance(value, Seq) else ()


def optional_texts(tree: Map, key: str) -> tuple[str, ...] | None:
    value = tree.get(key)
    return tuple(str(item) for item in value) if isinstance(value, Seq) else None


def integers(tree: Map, key: str) -> tuple[int, ...]:
    value = tree.get(key)
    return tuple(item for item in value if isinstance(item, int)) if isinstance(value, Seq) else ()


def number(tree: Map, key: str, default: int) -> int:
    value = tree.get(key)
    return value if isinstance(value, int) else default


def json(tree: Map, key: str) -> Json:
    """A Kubernetes value as plain data."""
    value = plain(tree.get(key))
    return value if isinstance(value, dict) else {}


def json_list(tree: Map, key: str) -> tuple[Json, ...]:
    value = plain(tree.get(key))
    return tuple(value) if isinstance(value, list) else ()


def labels(tree: Map, key: str) -> dict[str, str]:
    return {name: str(value) for name, value in tree.child(key).items()}


def each(tree: Map, key: str, build: Callable[[str, Map, Place], T | None]) -> dict[str, T]:
    """Build every entry of a mapping of mappings; what cannot be built is left out."""
    owner = tree.child(key)
    built: dict[str, T] = {}
    for name, value in owner.items():
        if isinstance(value, Map):
            item = build(name, value, owner.key_place(name))
            if item is not None:
                built[name] = item
    return built


def bytes_of(tree: Map, key: str, notes: Notes) -> int | None:
    return _counted(tree, key, notes, quantity.bytes_of)


def cpu_m(tree: Map, key: str, notes: Notes) -> int | None:
    return _counted(tree, key, notes, quantity.cpu_m)


def canonical(tree: Map, key: str) -> str | None:
    """The quantity as the API server would print it; as it stands where it is none, which is a finding."""
    value = tree.get(key)
    if not isinstance(value, str | int):
        return None
    try:
        return quantity.canonical(value)
    except quantity.QuantityError:
        return str(value)


def _counted(tree: Map, key: str, notes: Notes, count: Callable[[str | int], int]) -> int | None:
    value = tree.get(key)
    if not isinstance(value, str | int):
        return None
    try:
        counted = count(value)
        right = quantity.canonical(value)
    except quantity.QuantityError as error:  # the shape lets no such text through but a huge one
        notes.error(tree.value_place(key), "catalogue/quantity", str(error), "write a number such as 250m or 512Mi")
        return None
    if right != str(value):
        message = f"quantity {str(value)!r} is not canonical, Kubernetes writes {right!r}"
        notes.error(tree.value_place(key), "catalogue/quantity", message, f"write {right}", replacement=right)
    return counted


def duration_s(tree: Map, key: str) -> int | None:
    value = tree.get(key)
    return quantity.seconds_of(value) if isinstance(value, str) else None


def resources(tree: Map, key: str, notes: Notes) -> Resources | None:
    """CPU and memory of a container; a request above its limit is a finding."""
    block = tree.get(key)
    if not isinstance(block, Map):
        return None
    requests, limits = block.child("requests"), block.child("limits")
    cpu, memory = cpu_m(requests, "cpu", notes), bytes_of(requests, "memory", notes)
    cpu_limit, memory_limit = cpu_m(limits, "cpu", notes), bytes_of(limits, "memory", notes)
    for name, asked, most in (("cpu", cpu, cpu_limit), ("memory", memory, memory_limit)):
        if asked is not None and most is not None and asked > most:
            message = f"{name} request {requests[name]} is above its limit {limits[name]}"
            notes.error(
                requests.value_place(name),
                "catalogue/request-above-limit",
                message,
                f"raise the limit, or ask for at most {limits[name]}",
            )
    raw: Json = {}
    for part, names in (("requests", requests), ("limits", limits)):
        if names:
            raw[part] = {name: canonical(names, name) for name in ("cpu", "memory") if names.get(name) is not None}
    return Resources(cpu, memory, memory_limit, raw)


def image(tree: Map, key: str, notes: Notes) -> Image | None:
    value = tree.get(key)
    if not isinstance(value, str):
        return None
    place = tree.value_place(key)
    named, _, digest = value.partition("@")
    repository, _, tag = named.rpartition(":")
    if tag in ("latest", "stable", "main", "master", "edge", "nightly", "dev"):
        notes.error(place, "catalogue/moving-tag", f"image {value!r} has the moving tag {tag!r}", "name a version")
    return Image(value, repository, tag, digest or None, place)
