"""Lay one tree over another: RFC 7396 with a strict null and exclusive keys.

Maps merge key by key, everything else replaces, a list as a whole. `null` removes a key, and is a
finding where there is nothing to remove. Exclusive keys are alternatives: choosing one removes
the others, with what belongs only to them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator.finding import Finding
from generator.source.tree import Map, Path, Value

Alternatives = Mapping[str, frozenset[str]]


def _no_alternatives(path: Path) -> Alternatives | None:
    return None


def _never(path: Path) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class MergeRules:
    """What a format adds to plain merging.

    `exclusive(path)` says for the map at `path` which keys each chosen key removes.
    `passes_null(path)` says that a null below `path` has a meaning to whoever reads it.
    """

    exclusive: Callable[[Path], Alternatives | None] = _no_alternatives
    passes_null: Callable[[Path], bool] = _never


PLAIN = MergeRules()


def merge(below: Map, above: Map, findings: list[Finding], rules: MergeRules = PLAIN, path: Path = ()) -> Map:
    """Return `above` laid over `below`. Neither is changed; untouched parts are shared."""
    if not above:
        return below
    result = below.copy()
    result.place = above.place
    _drop_alternatives(result, above, rules.exclusive(path))
    for key, value in above.items():
        key_place, value_place = above.marks[key]
        here = (*path, key)
        lower = result.get(key)
        if value is None and not (rules.passes_null(here) and key not in result):
            if key in result:
                del result[key], result.marks[key]
            else:
                findings.append(nothing_to_remove(above, key))
        elif isinstance(value, Map):
            under = lower if isinstance(lower, Map) else Map(value.place)
            # A map with nothing to remove and nothing below it is shared, not copied.
            merged = value if not under and not value.has_null else merge(under, value, findings, rules, here)
            result.put(key, merged, key_place, value_place)
        else:
            result.put(key, value, key_place, value_place)
    result.has_null = any(value is None or getattr(value, "has_null", False) for value in result.values())
    return result


def settle(tree: Map, findings: list[Finding], rules: MergeRules = PLAIN) -> Map:
    """Return the lowest layer as merging would leave it: its nulls have nothing to remove."""
    return merge(Map(tree.place), tree, findings, rules) if tree.has_null else tree


def _drop_alternatives(result: Map, above: Map, alternatives: Alternatives | None) -> None:
    for chosen, removed in (alternatives or {}).items():
        if above.get(chosen) is not None:
            for key in removed & result.keys():
                del result[key], result.marks[key]


def nothing_to_remove(above: Map, key: str) -> Finding:
    """Say that a null stands where no layer below has the key."""
    message = f"null removes {key!r}, and no layer below has it"
    return Finding(
        above.value_place(key), "source/null-removes-nothing", message, f"delete the line, or give {key!r} a value"
    )


def plain(value: Value) -> object:
    """Return the tree as ordinary dicts and lists."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
