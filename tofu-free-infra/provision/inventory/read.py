"""Take values out of a tree: each with its type, its place, and a finding where it is not what it shall be."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from ipaddress import IPv4Address, IPv4Network
from typing import TypeVar

from generator.finding import Finding, Place, Severity
from generator.source import Map, Seq, Value

_T = TypeVar("_T")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?")
_FACTOR = {"": 1, **{f"{unit}i": 1024 ** (n + 1) for n, unit in enumerate("KMGTP")}}
_FACTOR |= {unit: 1000 ** (n + 1) for n, unit in enumerate("kMGTP")}


class Notes:
    """The findings of a reading, in the order in which they came."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def error(self, place: Place, rule: str, message: str, fix: str) -> None:
        """Note a fault that keeps us from going on."""
        self.findings.append(Finding(place, f"inventory/{rule}", message, fix))

    def warning(self, place: Place, rule: str, message: str, fix: str) -> None:
        """Note something that a person should know."""
        self.findings.append(Finding(place, f"inventory/{rule}", message, fix, Severity.WARNING))


def size_of(text: str) -> int | None:
    """Return the bytes of a quantity such as 100Gi, or None where it is none."""
    found = _SIZE.fullmatch(text)
    return None if found is None else int(Fraction(found[1]) * _FACTOR[found[2] or ""])


class Record:
    """A mapping of the file; `who` names it in messages. Ask for every key, then call `close`."""

    def __init__(self, tree: Map, who: str, notes: Notes) -> None:
        self.tree = tree
        self.who = who
        self.notes = notes
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return self.tree.get(key) is not None

    def place(self, key: str) -> Place:
        """Return where a value stands, or the record."""
        return self.tree.value_place(key)

    def places(self) -> dict[str, Place]:
        """Return where each value stands."""
        return {key: self.tree.value_place(key) for key in self.tree}

    def close(self, *ignored: str) -> None:
        """Note every key that nobody asked for."""
        for key in self.tree:
            if key not in self._asked and key not in ignored:
                near = get_close_matches(key, sorted(self._asked), n=1)
                hint = f", did you mean {near[0]!r}?" if near else ""
                known = ", ".join(sorted(self._asked))
                message = f"{self.who} has the key {key!r}, which is not known{hint}"
                self.notes.error(self.tree.key_place(key), "unknown-key", message, f"use one of: {known}")

    def wrong(self, key: str, expected: str) -> None:
        """Note a value that is not as expected."""
        message = f"{self.who} has {key!r}: {_shown(self.tree.get(key))}, {expected} is expected"
        self.notes.error(self.place(key), "value", message, f"write {expected}")

    def need(self, *keys: str) -> bool:
        """Note each key that is missing; return whether none is."""
        missing = [key for key in keys if key not in self]
        for key in missing:
            message = f"{self.who} lacks {key!r}"
            self.notes.error(self.tree.place, "missing", message, f"add `{key}`")
        return not missing

    def text(self, key: str, default: str = "", pattern: str | None = None, expected: str = "text") -> str:
        """Return a text; numbers that stand where text is expected are refused, except versions such as 1.36."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, str) or (pattern is not None and re.fullmatch(pattern, value) is None):
            self.wrong(key, expected)
            return default
        return value

    def choice(self, key: str, known: Iterable[str], default: str = "") -> str:
        """Return one of some words."""
        words = tuple(known)
        value = self.text(key, default, expected=" or ".join(words))
        if value not in words and isinstance(self.tree.get(key), str):
            self.wrong(key, " or ".join(words))
        return value if value in words else default

    def number(self, key: str, default: int = 0, least: int = 0) -> int:
        """Return a whole number."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.wrong(key, f"a whole number from {least}")
            return default
        return value

    def maybe_number(self, key: str, least: int = 0) -> int | None:
        """Return a whole number, or None where there is none."""
        found = self.number(key, -1, least)
        return found if found >= 0 else None

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(key, "true or false")
            return default
        return value

    def size(self, key: str) -> int:
        """Return a quantity in bytes, at least 1 MiB: a number without its unit is a slip; 0 where there is none."""
        value = self._take(key)
        if value is None:
            return 0
        found = size_of(value) if isinstance(value, str) else None
        if found is None or found < 2**20:
            self.wrong(key, "a quantity such as 100Gi")
            return 0
        return found

    def texts(self, key: str, pattern: str | None = None, expected: str = "text") -> tuple[str, ...]:
        """Return a list of texts, each of them as `expected`."""
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, Seq) or not all(isinstance(item, str) for item in value):
            self.wrong(key, "a list of texts")
            return ()
        found = tuple(str(item) for item in value)
        for index, item in enumerate(found):
            if pattern is not None and re.fullmatch(pattern, item) is None:
                message = f"{self.who} has in {key!r}: {item!r}, {expected} is expected"
                self.notes.error(value.item_place(index), "value", message, f"write {expected}")
        return found

    def address(self, key: str) -> IPv4Address:
        """Return an address; 0.0.0.0 where it is none, which is noted."""
        try:
            return IPv4Address(self.text(key, "0.0.0.0", expected="an IPv4 address"))  # noqa: S104  # no server
        except ValueError:
            self.wrong(key, "an IPv4 address")
            return IPv4Address(0)

    def subnet(self, key: str) -> IPv4Network:
        """Return a network in CIDR notation."""
        try:
            return IPv4Network(self.text(key, "0.0.0.0/32", expected="a network such as 10.0.10.0/24"))
        except ValueError:
            self.wrong(key, "a network such as 10.0.10.0/24")
            return IPv4Network("0.0.0.0/32")

    def span(self, key: str) -> tuple[IPv4Address, IPv4Address] | None:
        """Return a range of addresses, FIRST-LAST."""
        text = self.text(key, expected="a range such as 10.0.20.128-10.0.20.254")
        if not text:
            return None
        first, _, last = text.partition("-")
        try:
            found = IPv4Address(first.strip()), IPv4Address(last.strip())
        except ValueError:
            self.wrong(key, "a range such as 10.0.20.128-10.0.20.254")
            return None
        if found[0] > found[1]:
            self.wrong(key, "a range that ends after it begins")
            return None
        return found

    def record(self, key: str, who: str | None = None) -> "Record":
        """Return the mapping under a key; empty where there is none."""
        value = self._take(key)
        if value is not None and not isinstance(value, Map):
            self.wrong(key, "a mapping")
        return Record(self.tree.child(key), who or f"{self.who}: {key!r}", self.notes)

    def records(self, key: str, noun: str) -> Iterator[tuple[str, "Record"]]:
        """Yield each named mapping under a key."""
        outer = self.record(key)
        for name, value in outer.tree.items():
            if isinstance(value, Map):
                yield name, Record(value, f"{noun} {name!r}", self.notes)
            else:
                outer.wrong(name, "a mapping")

    def each(self, key: str, noun: str, build: Callable[[str, "Record"], _T | None]) -> Mapping[str, _T]:
        """Build each named mapping under a key; what cannot be built is left out."""
        built = {name: build(name, record) for name, record in self.records(key, noun)}
        return {name: value for name, value in built.items() if value is not None}

    def mapping(self, key: str, what: type[_T], expected: str) -> Mapping[str, _T]:
        """Return a mapping whose values all have one type."""
        outer = self.record(key)
        for name, value in outer.tree.items():
            if not isinstance(value, what) or (isinstance(value, bool) and what is not bool):
                outer.wrong(name, expected)
        return {name: value for name, value in outer.tree.items() if isinstance(value, what)}

    def raw(self, key: str) -> Value:
        """Return whatever stands there."""
        return self._take(key)

    def _take(self, key: str) -> Value:
        self._asked.add(key)
        return self.tree.get(key)


def _shown(value: Value) -> str:
    if isinstance(value, Map):
        return "a mapping"
    return "a list" if isinstance(value, Seq) else repr(value)
