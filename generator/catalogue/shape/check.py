"""Hold a tree against its shape: what does not fit, and what of it can be worked with all the same.

The verdict comes from `jsonschema-rs`; only a tree that does not fit pays for `jsonschema`, whose
errors carry what a good sentence needs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from generator.catalogue.shape.build import Schema
from generator.catalogue.shape.sound import without
from generator.catalogue.shape.wording import Error, compiled, meant, names_a_key, show, translate
from generator.finding import Finding
from generator.source import Map, Path

__all__ = ["Judged", "Shape", "shapes", "show"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A tree held against its shape.

    `tree` is the part of it that has the shape, but for what is required at its top; `gaps` lead to
    what had to be left out, and to what should be there and is not.
    """

    findings: tuple[Finding, ...]
    tree: Map
    gaps: tuple[Path, ...] = ()


class Shape:
    """One of the schemas, compiled once and lazily."""

    def __init__(self, name: str, schema: Callable[[], Schema]) -> None:
        self.name = name
        self._make = schema
        self._schema: Schema | None = None
        self._verdict: Any = None

    @property
    def schema(self) -> Schema:
        if self._schema is None:
            self._schema = self._make()
        return self._schema

    def fits(self, tree: Map) -> bool:
        """Say whether the tree has this shape."""
        if self._verdict is None:
            import jsonschema_rs

            self._verdict = jsonschema_rs.validator_for(self.schema)
        return bool(self._verdict.is_valid(tree))

    def findings(self, tree: Map, prefix: Path = ()) -> Iterator[Finding]:
        """Yield what does not fit, each at its place. `prefix` leads messages."""
        yield from self.judge(tree, prefix).findings

    def judge(self, tree: Map, prefix: Path = (), told: frozenset[str] = frozenset()) -> Judged:
        """Say what does not fit, and return what does. What is missing of `told` is no finding."""
        if self.fits(tree):
            return Judged((), tree)
        errors = self._errors(tree)
        misspelt = {tuple(error.absolute_path): _meant(error) for error in errors if _strange(error)}
        found: dict[Finding, None] = {}
        for error in errors:
            here = misspelt.get(tuple(error.absolute_path), {}).values()
            found.update(dict.fromkeys(translate(error, tree, prefix, told.union(here))))
        gaps: dict[Path, None] = {}
        sound = tree
        while errors:
            paths = {path: None for error in errors for path in _faulty(error)}
            gaps |= {name: None for error in errors for name in _named(error)}
            if not paths:
                break
            sound = without(sound, paths)
            errors = () if self.fits(sound) else self._errors(sound)
        return Judged(tuple(found), sound, tuple(gaps))

    def _errors(self, tree: Map) -> tuple[Error, ...]:
        errors = _exact_validator()(self.schema).iter_errors(tree)
        return tuple(precise for error in errors for precise in _most_precise(error))


@lru_cache(maxsize=1)
def _exact_validator() -> Any:
    """`jsonschema` with the `$` of ECMAScript: Python's also matches before a newline at the end."""
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(validator: Any, expression: str, instance: object, schema: Schema) -> Iterator[Error]:
        if isinstance(instance, str) and not compiled(expression).search(instance):
            yield ValidationError(f"{instance!r} does not match {expression!r}")

    return extend(Draft202012Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]  # its stubs have no types


def _most_precise(error: Error) -> Iterator[Error]:
    """Follow `anyOf` into the branch that the author meant, by JSON type and then by keys."""
    if error.validator != "anyOf" or not error.context:
        yield error
        return
    branches: dict[int, list[Error]] = {}
    for inner in error.context:
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    fitting = [errors for errors in branches.values() if not any(_is_wrong_type(error, inner) for inner in errors)]
    if not fitting:
        yield error
        return
    for inner in min(fitting, key=lambda errors: _strangeness(error, errors)):
        yield from _most_precise(inner)


def _strangeness(outer: Error, errors: list[Error]) -> tuple[int, int, int]:
    """How far a branch is from what was meant: keys that it does not know weigh most, then those it misses."""
    depth = len(outer.absolute_path)
    own = [error for error in errors if len(error.absolute_path) == depth]
    strange = sum(
        len(set(error.instance) - set(error.schema.get("properties", ())))
        for error in own
        if error.validator == "additionalProperties"
    )
    return strange, sum(1 for error in own if error.validator == "required"), len(errors)


def _is_wrong_type(outer: Error, error: Error) -> bool:
    """Whether the value of `outer` has another JSON type than this branch asks for."""
    if len(error.absolute_path) > len(outer.absolute_path):
        return False
    if error.validator == "enum":
        return type(error.instance) not in {type(word) for word in error.validator_value}
    return bool(error.validator == "type")


def _strange(error: Error) -> set[str]:
    """The keys that the schema of a closed mapping does not know."""
    if error.validator != "additionalProperties":
        return set()
    return set(error.instance) - set(error.schema.get("properties", ()))


def _meant(error: Error) -> dict[str, str]:
    """What each of the unknown keys was meant to be: a field like it that is not there, or else itself."""
    guesses = {key: meant(key, error) for key in _strange(error)}
    return {key: key if guess is None or guess in error.instance else guess for key, guess in guesses.items()}


def _faulty(error: Error) -> Iterator[Path]:
    """The paths to what must go before the rest fits; none where something is missing at the top."""
    path: Path = tuple(error.absolute_path)
    if strange := _strange(error):
        yield from ((*path, key) for key in strange)
    elif names_a_key(error):
        yield (*path, str(error.instance))
    elif path:
        yield path


def _named(error: Error) -> Iterator[Path]:
    """The same paths by the names that were meant, and those of what is missing."""
    path: Path = tuple(error.absolute_path)
    if _strange(error):
        yield from ((*path, key) for key in _meant(error).values())
    elif error.validator == "required":
        yield from ((*path, key) for key in error.validator_value if key not in error.instance)
    else:
        yield from _faulty(error)


@lru_cache(maxsize=1)
def shapes() -> dict[str, Shape]:
    """Return every shape by the name of its published schema."""
    from generator.catalogue.shape import inventory, service, site

    makers: dict[str, Callable[[], Schema]] = {
        "service": service.service_schema,
        "template": service.template_schema,
        "site": site.site_schema,
        "domain": site.domain_schema,
        "environment": site.environment_schema,
        "inventory": inventory.inventory_schema,
    }
    return {name: Shape(name, make) for name, make in makers.items()}
