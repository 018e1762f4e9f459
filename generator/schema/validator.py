"""Judge objects by the schema of their kind, compiled once and asked for every fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generator.schema.custom import custom_kinds, custom_schema
from generator.schema.fault import IDENTITY, SERVER, UNKNOWN_KIND, Fault
from generator.schema.kubernetes import Kind, Schema, load_definitions
from generator.schema.server import CUSTOM, demanded
from generator.schema.together import clashes
from generator.schema.wording import did_you_mean, worded

if TYPE_CHECKING:
    from jsonschema_rs import Validator as Compiled


class Validator:
    """All that is known about kinds at one Kubernetes version.

    `extra` are schemas of custom kinds, as `--crds` supplies them; they stand before our own, which know only
    the fields that we emit.

    Raises:
        SchemaError: the schemas of the version cannot be used.
    """

    def __init__(self, version: str, extra: Mapping[Kind, Schema] | None = None) -> None:
        self._definitions = load_definitions(version)
        self._demanding = self._definitions.going_beyond(demanded)
        self.version = self._definitions.version
        self._extra = dict(extra or {})
        self._compiled: dict[tuple[str, str], tuple[Compiled, Schema] | None] = {}
        self._demanded: dict[tuple[str, str], tuple[Compiled, Schema]] = {}

    def check(self, object_: Mapping[str, Any]) -> tuple[Fault, ...]:
        """Return every fault of one object, the one to read first at the front."""
        api_version, name = object_.get("apiVersion"), object_.get("kind")
        if not (isinstance(api_version, str) and api_version and isinstance(name, str) and name):
            return (_no_kind(object_),)
        found = self._of(api_version, name)
        if found is None:
            return (self._unknown(Kind.of(api_version, name), _called(object_)),)
        compiled, schema = found
        unnamed = _name_fault(object_)
        if compiled.is_valid(object_):
            return (*unnamed, *self._refused_by_server(object_, api_version, name))
        return (*unnamed, *worded(_called(object_), compiled.iter_errors(object_), schema))

    def _refused_by_server(self, object_: Mapping[str, Any], api_version: str, name: str) -> tuple[Fault, ...]:
        """Return what the API server refuses although the published schema accepts it."""
        compiled, schema = self._demands(api_version, name)
        called = _called(object_)
        if compiled.is_valid(object_):
            return tuple(clashes(object_, called))
        found = worded(called, compiled.iter_errors(object_), schema)
        return tuple(replace(fault, keyword=SERVER) for fault in found)

    def _demands(self, api_version: str, name: str) -> tuple[Compiled, Schema]:
        key = (api_version, name)
        if key not in self._demanded:
            kind = Kind.of(*key)
            # Of custom kinds the server has no code: it judges them by their definition, and their metadata.
            own = None if kind in self._extra else self._demanding.schema_of(kind)
            schema = own or self._demanding.bundled(CUSTOM)
            self._demanded[key] = (_compile(schema), schema)
        return self._demanded[key]

    def prepare(self, api_version: str, name: str) -> None:
        """Compile what objects of a kind are judged by, before the first of them comes."""
        if self._of(api_version, name) is not None:
            self._demands(api_version, name)

    @property
    def fingerprint(self) -> str:
        """Return a text that differs wherever verdicts may: the version and the extra schemas."""
        extra = sorted((str(kind), json.dumps(schema, sort_keys=True)) for kind, schema in self._extra.items())
        return f"{self.version} {extra}"

    def knows(self, api_version: str, name: str) -> bool:
        """Return whether there is a schema for a kind."""
        return self._of(api_version, name) is not None

    def schema_of(self, kind: Kind) -> Schema | None:
        """Return the JSON Schema that objects of a kind are judged by."""
        if kind in self._extra:
            return self._definitions.bundled(self._extra[kind])
        return self._definitions.schema_of(kind) or custom_schema(kind, self._definitions)

    def should_know(self, kind: Kind) -> bool:
        """Return whether a kind without a schema is a slip: of Kubernetes' own group, or of another version."""
        own = any(known.group == kind.group for known in self._definitions.kinds)
        return own or any((known.group, known.name) == (kind.group, kind.name) for known in self._extra)

    def _of(self, api_version: str, name: str) -> tuple[Compiled, Schema] | None:
        key = (api_version, name)
        if key not in self._compiled:
            schema = self.schema_of(Kind.of(*key))
            self._compiled[key] = None if schema is None else (_compile(schema), schema)
        return self._compiled[key]

    def _unknown(self, kind: Kind, called: str) -> Fault:
        """Say that there is no such kind, and which there is instead."""
        known = {*self._definitions.kinds, *custom_kinds(), *self._extra}
        same_name = sorted(other.api_version for other in known if other.name == kind.name)
        same_group = sorted(other.name for other in known if other.api_version == kind.api_version)
        where = f"{called}: {kind} is unknown to Kubernetes {self.version} and to our schemas"
        if same_name:
            said, fix = f"{where}, it is in {', '.join(same_name)}", f"write apiVersion: {same_name[-1]}"
        elif near := did_you_mean(kind.name, same_group):
            said, fix = f"{where}, did you mean {near!r}?", f"write kind: {near}"
        else:
            said = where
            fix = "check apiVersion and kind, or hand its CustomResourceDefinition over with --crds"
        return Fault(UNKNOWN_KIND, ("kind",), said, fix)


def _compile(schema: Schema) -> Compiled:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema, validate_formats=False, offline=True)


def _called(object_: Mapping[str, Any]) -> str:
    metadata = object_.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return f"{object_.get('kind')}/{name}" if isinstance(name, str) else f"{object_.get('kind')} without a name"


def _no_kind(object_: Mapping[str, Any]) -> Fault:
    lacking = [
        field for field in ("apiVersion", "kind") if not (isinstance(object_.get(field), str) and object_[field])
    ]
    said, keys = " and ".join(lacking), ", ".join(sorted(object_)) or "none"
    return Fault(IDENTITY, (), f"an object of the keys {keys} does not say its {said}", f"add {said}")


def _name_fault(object_: Mapping[str, Any]) -> tuple[Fault, ...]:
    metadata = object_.get("metadata")
    if metadata is not None and not isinstance(metadata, Mapping):
        return ()  # the schema says so already
    named = metadata or {}
    if named.get("name") or named.get("generateName") or not isinstance(named.get("name", ""), str):
        return ()
    return (Fault(IDENTITY, ("metadata",), f"{_called(object_)}: metadata.name is missing", "add metadata.name"),)
