"""What differs between two lists of objects, and how a field is called that does."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from generator.diff.state import Owned
from generator.pipeline.frozen import identity

Kind = Literal["frozen", "volume", "namespace", "exposure", "egress", "privilege", "backup", "budget"]
_LONGEST = 100
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a change is dangerous."""

    kind: Kind
    reason: str


@dataclass(frozen=True, slots=True)
class Field:
    """One leaf that differs, as people read it. None is a leaf that is not there."""

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.path}: now {self.after}"
        if self.after is None:
            return f"{self.path}: was {self.before}"
        return f"{self.path}: {self.before} -> {self.after}"


def shown_name(name: str) -> str:
    """Return an identity without the place that a namespace would take."""
    return name.replace("/-/", "/")


@dataclass(frozen=True, slots=True)
class Change:
    """An object that is new (`+`), gone (`-`) or different (`~`)."""

    sign: Literal["+", "-", "~"]
    object: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairing:
    """Objects of one owner on both sides, by identity."""

    owner: str
    before: Mapping[str, dict[str, Any]]
    after: Mapping[str, dict[str, Any]]

    def changes(self) -> Iterator[Change]:
        """Yield what differs, in order of identity."""
        for name in sorted({*self.before, *self.after}):
            old, new = self.before.get(name), self.after.get(name)
            if old is None:
                yield Change("+", shown_name(name))
            elif new is None:
                yield Change("-", shown_name(name))
            elif old != new:
                yield Change("~", shown_name(name), tuple(differing(old, new)))


def pair(before: Sequence[Owned], after: Sequence[Owned]) -> list[Pairing]:
    """Sort both sides by owner. An object that changed its owner stays with the new one."""
    owner_after = {identity(item.body): item.owner for item in after}
    sides: dict[str, tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]] = {}
    for item in before:
        name = identity(item.body)
        sides.setdefault(owner_after.get(name, item.owner), ({}, {}))[0][name] = item.body
    for item in after:
        sides.setdefault(item.owner, ({}, {}))[1][identity(item.body)] = item.body
    return [Pairing(owner, *sides[owner]) for owner in sorted(sides)]


def differing(old: Any, new: Any, path: str = "") -> Iterator[Field]:
    """Yield the leaves that differ. Items of a list that have names are told apart by name."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differing(old.get(key, _ABSENT), new.get(key, _ABSENT), _below(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        if _by_name(old) is not None and _by_name(new) is not None:
            names, others = _by_name(old) or {}, _by_name(new) or {}
            for name in [*names, *(name for name in others if name not in names)]:
                yield from differing(names.get(name, _ABSENT), others.get(name, _ABSENT), f"{path}[{name}]")
        else:
            yield from _of_lists(old, new, path)
    else:
        yield Field(path, _shown(old), _shown(new))


def _of_lists(old: list[Any], new: list[Any], path: str) -> Iterator[Field]:
    """What a list without names lost and got; where one item stands for one other, what differs inside."""
    lost = [item for item in old if item not in new]
    got = [(number, item) for number, item in enumerate(new) if item not in old]
    if len(lost) == len(got) == 1:
        yield from differing(lost[0], got[0][1], f"{path}[{got[0][0]}]")
        return
    yield from (Field(f"{path}[]", _shown(item), None) for item in lost)
    yield from (Field(f"{path}[]", None, _shown(item)) for _, item in got)
    if not lost and not got:
        yield Field(path, f"{len(old)} items", f"{len(new)} items, the same ones in another order or number")


def _below(path: str, key: str) -> str:
    shown = f'["{key}"]' if "." in key or "/" in key else f".{key}"
    return f"{path}{shown}" if path else shown.removeprefix(".")


def _by_name(items: list[Any]) -> dict[str, Any] | None:
    names = [item.get("name") for item in items if isinstance(item, dict)]
    if len(names) != len(items) or len(set(map(str, names))) != len(items) or not all(names):
        return None
    return dict(zip(map(str, names), items, strict=True))


def _shown(value: Any) -> str | None:
    if value is _ABSENT:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text.replace("\n", "⏎")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
