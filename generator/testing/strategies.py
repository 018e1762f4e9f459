"""Hypothesis strategies for service files, derived from the published shape.

    from hypothesis import given
    from generator.testing.strategies import services

    @given(service=services(names=["plex", "sonarr"]))
    def test_my_rule_never_crashes(service): ...

Whatever they draw fits the shape of a service file; whether it means something is another matter,
which is what they are for: code that reads a service answers with findings, never with an exception.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from generator.catalogue.shape import shapes
from generator.catalogue.shape.build import Schema

Json = dict[str, Any]
Strategy = st.SearchStrategy[Any]
_MOST_FIELDS = 6
_MOST_ENTRIES = 3
_LARGEST = 2**53
# Words that lead somewhere in most repositories, so that what is drawn reaches the later checks.
WORDS = (
    "http", "metrics", "web", "lan", "cluster", "internet", "tier1", "tier4", "longhorn", "media", "nas",
    "streaming", "critical", "data", "config", "main", "worker", "auto", "10.0.20.12", "10.0.10.0/24", "30s",
    "1h30m", "250m", "5Gi", "0 3 * * *", "2027-05-31", "docker.io/example/app:1.0.0", "/", "/data", "tcp:http",
    "443/TCP", "files/a.json", "https://example.net", "example.net:443", "nas:445", "lan:*", "${port:self}",
    "${url:plex}", "${site:zone}", "$(TZ)", "KEY", "a/KEY", "kubernetes", "self:http", "Kind/name", "NameOfAlert",
    "0444", "25%", "*", "${", "",
)  # fmt: skip


def services(
    *,
    names: Sequence[str] = (),
    words: Sequence[str] = WORDS,
    base: Mapping[str, object] | None = None,
    nulls: bool = False,
) -> st.SearchStrategy[Json]:
    """Draw the content of a service file.

    `names` are services that it may call, `words` other texts to try where they fit. Fields of
    `base` stand in every one that does not draw them itself: a base that is a valid workload makes
    most of what is drawn a workload too. `nulls` also draws null where the shape allows it, as an
    override of an environment may hold it.
    """
    schema = shapes()["service"].schema
    below = dict(base or {})
    drawn: Strategy = _Drawing((*names, *words), nulls).value(schema)
    return drawn.map(lambda own: {**below, **own})


@cache
def field(name: str, *, words: Sequence[str] = WORDS) -> st.SearchStrategy[Any]:
    """Draw one field of a service file, without the nulls that only an override may have."""
    return _Drawing(words, nulls=False).value(shapes()["service"].schema["properties"][name])


class _Drawing:
    """Turns the few words that shapes are written in into strategies."""

    def __init__(self, words: Iterable[str], nulls: bool) -> None:
        self._words = tuple(dict.fromkeys(words))
        self._nulls = nulls
        # Shapes live as long as the program, so their identity is a name; making a strategy is slow.
        self._made: dict[int, Strategy] = {}

    def value(self, schema: Schema) -> Strategy:
        if id(schema) not in self._made:
            self._made[id(schema)] = self._make(schema)
        return self._made[id(schema)]

    def _make(self, schema: Schema) -> Strategy:
        if "anyOf" in schema:
            branches = [branch for branch in schema["anyOf"] if self._nulls or branch.get("type") != "null"]
            return st.one_of([self.value(branch) for branch in branches])
        if "enum" in schema:
            return st.sampled_from([word for word in schema["enum"] if self._nulls or word is not None])
        kinds = schema.get("type", "object")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        return st.one_of([self._of_kind(kind, schema) for kind in kinds if self._nulls or kind != "null"])

    def _of_kind(self, kind: str, schema: Schema) -> Strategy:
        match kind:
            case "string":
                return self._text(schema)
            case "integer":
                return st.integers(schema.get("minimum", -_LARGEST), schema.get("maximum", _LARGEST))
            case "number":
                least, most = schema["exclusiveMinimum"], schema["exclusiveMaximum"]
                return st.integers(least * 10 + 1, most * 10 - 1).map(lambda tenths: tenths / 10)
            case "boolean":
                return st.booleans()
            case "array":
                items = self.value(schema["items"])
                return st.lists(items, min_size=schema.get("minItems", 0), max_size=_MOST_ENTRIES)
            case "null":
                return st.none()
            case _:
                return self._mapping(schema)

    def _text(self, schema: Schema) -> Strategy:
        longest = schema.get("maxLength", 1000)
        if "pattern" not in schema:
            known = [word for word in self._words if schema.get("minLength", 0) <= len(word) <= longest]
            free = st.text(_LETTERS, min_size=schema.get("minLength", 0), max_size=min(longest, 12))
            return st.one_of(st.sampled_from(known), free)
        fitting = [word for word in self._words if _fits(schema["pattern"], word) and len(word) <= longest]
        made = st.from_regex(schema["pattern"], alphabet=_LETTERS).filter(
            lambda text: len(text) <= longest and _fits(schema["pattern"], text)
        )
        return st.one_of(st.sampled_from(fitting), made) if fitting else made

    def _mapping(self, schema: Schema) -> Strategy:
        fields = schema.get("properties")
        if fields is not None:
            return self._record(fields, schema.get("required", ()))
        keys = schema.get("propertyNames", {"type": "string", "minLength": 1})
        values = schema.get("additionalProperties")
        entry = self.value(values) if isinstance(values, dict) else _ANYTHING
        least = schema.get("minProperties", 0)
        return st.deferred(
            lambda: st.dictionaries(self._text(keys), entry, min_size=least, max_size=max(least, _MOST_ENTRIES))
        )

    def _record(self, fields: Mapping[str, Schema], required: Sequence[str]) -> Strategy:
        optional = sorted(set(fields) - set(required))
        chosen = st.lists(st.sampled_from(optional), unique=True, max_size=_MOST_FIELDS) if optional else st.just([])
        # Built when they are drawn: most fields of most records never are.
        return chosen.flatmap(
            lambda names: st.fixed_dictionaries({name: self.value(fields[name]) for name in [*required, *names]})
        )


_LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
_SCALARS = st.none() | st.booleans() | st.integers(-_LARGEST, _LARGEST) | st.text(_LETTERS, max_size=8)
_KEYS = st.text(_LETTERS, min_size=1, max_size=8)
_ANYTHING = st.recursive(
    _SCALARS | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


def _fits(pattern: str, text: str) -> bool:
    """Whether the text matches as ECMAScript would have it: `$` is the end, not a newline before it."""
    return re.search(re.sub(r"(?<!\\)\$", r"\\Z", pattern), text) is not None
