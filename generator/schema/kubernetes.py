"""The strict schemas of Kubernetes' own kinds, by group, version and kind.

They come out of the package `kubernetes-validate`, whose own lookup drops all of a group after its
first dot: `networking.istio.io/v1 NetworkPolicy` finds the schema of `networking.k8s.io`. Here a
kind is looked up by the group that its schema states.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from generator.schema.fault import SchemaError

Schema = dict[str, Any]

_PACKAGE = "kubernetes-validate"
_REINSTALL = f"install the pinned {_PACKAGE} again (`make` does it)"
_FOLDER = re.compile(r"v(\d+)\.(\d+)\.\d+-local-strict")
_REFERENCE = "/api/_definitions.json#/$defs/"
_META = "io.k8s.apimachinery.pkg.apis.meta."
OBJECT_META = f"{_META}v1.ObjectMeta"

# What the published schemas leave to the API server, stated as schema words. Ours, hence `title`s.
QUANTITY: Schema = {
    "type": ["string", "number"],
    "pattern": r"^[+-]?([0-9]+|[0-9]+\.[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
    "title": "a quantity such as 250m, 512Mi or 2Gi",
}
FORMATS: dict[str, Schema] = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
    "byte": {"pattern": r"^[A-Za-z0-9+/\r\n]*=?[\r\n]*=?[\r\n]*$", "title": "a text in base64"},
}


class Kind(NamedTuple):
    """What an object says it is."""

    group: str
    version: str
    name: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def __str__(self) -> str:
        return f"{self.api_version} {self.name}"

    @classmethod
    def of(cls, api_version: str, name: str) -> "Kind":
        group, _, version = api_version.rpartition("/")
        return cls(group, version, name)


class Definitions:
    """All definitions of one Kubernetes version, and which of them is which kind.

    `beyond` adds to a definition of a name what its published schema leaves out.
    """

    def __init__(
        self,
        version: str,
        definitions: dict[str, Schema],
        beyond: Callable[[str, Schema], Schema] = lambda _, definition: definition,
    ) -> None:
        self.version = version
        self._beyond = beyond
        self._definitions = definitions
        self._strict: dict[str, Schema] = {}
        self.kinds = {
            Kind(entry["group"], entry["version"], entry["kind"]): name
            for name, definition in definitions.items()
            if not name.startswith(_META)
            for entry in definition.get("x-kubernetes-group-version-kind", ())
        }

    def going_beyond(self, beyond: Callable[[str, Schema], Schema]) -> "Definitions":
        """Return the same definitions, each with what is added to it."""
        return Definitions(self.version, self._definitions, beyond)

    def schema_of(self, kind: Kind) -> Schema | None:
        """Return the schema of a kind with all that it refers to, or None for a kind of others."""
        name = self.kinds.get(kind)
        return None if name is None else self.bundled({"$ref": f"#/$defs/{name}"})

    def bundled(self, schema: Schema) -> Schema:
        """Return a schema together with the definitions that it needs, direct or not.

        Raises:
            SchemaError: it refers to a definition that this version lacks.
        """
        needed: dict[str, Schema] = {}
        waiting = _referred(schema)
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed[name] = self._definition(name)
                waiting += _referred(needed[name])
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": needed}

    def _definition(self, name: str) -> Schema:
        if name not in self._strict:
            if name not in self._definitions:
                raise SchemaError(f"the schemas of Kubernetes {self.version} in {_PACKAGE} lack {name!r}: {_REINSTALL}")
            quantity = name == "io.k8s.apimachinery.pkg.api.resource.Quantity"
            self._strict[name] = QUANTITY if quantity else self._beyond(name, _strengthened(self._definitions[name]))
        return self._strict[name]


@lru_cache(maxsize=8)
def load_definitions(version: str, folder: Path | None = None) -> Definitions:
    """Load what `kubernetes-validate` says about a version such as 1.36 or v1.36.2.

    Raises:
        SchemaError: the package is missing or truncated, or does not know the version.
    """
    folder = folder or schema_folder()
    wanted = re.match(r"v?(\d+)\.(\d+)", version)
    known = known_versions(folder)
    name = known.get((int(wanted[1]), int(wanted[2]))) if wanted else None
    if name is None or wanted is None:
        listed = ", ".join(f"{major}.{minor}" for major, minor in sorted(known))
        raise SchemaError(
            f"{_PACKAGE} has no schemas for Kubernetes {version!r}, only for {listed}: "
            "name one of them under kubernetes.version in values/site.yaml"
        )
    file = folder / name / "_definitions.json"
    try:
        definitions = json.loads(file.read_text(encoding="utf-8").replace(_REFERENCE, "#/$defs/"))["$defs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SchemaError(f"{file} is missing or truncated: {_REINSTALL}") from error
    found = Definitions(f"{wanted[1]}.{wanted[2]}", definitions)
    if Kind("apps", "v1", "Deployment") not in found.kinds or OBJECT_META not in definitions:
        raise SchemaError(f"{file} lacks kinds that every Kubernetes has: {_REINSTALL}")
    return found


def schema_folder() -> Path:
    """Return where the installed `kubernetes-validate` keeps its schemas, without importing it."""
    spec = find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        raise SchemaError(f"{_PACKAGE} is not installed: {_REINSTALL}")
    return Path(spec.submodule_search_locations[0]) / "kubernetes-json-schema"


def known_versions(folder: Path) -> dict[tuple[int, int], str]:
    """Return the folder of each Kubernetes version that there are strict schemas for.

    Raises:
        SchemaError: there are none.
    """
    try:
        found = [_FOLDER.fullmatch(entry.name) for entry in folder.iterdir()]
    except OSError as error:
        raise SchemaError(f"{folder} cannot be read: {_REINSTALL}") from error
    versions = {(int(name[1]), int(name[2])): name[0] for name in found if name}
    if not versions:
        raise SchemaError(f"{folder} holds no strict schemas: {_REINSTALL}")
    return versions


def _referred(schema: Any) -> list[str]:
    """Return the names of the definitions that a schema refers to, at any depth."""
    if isinstance(schema, list):
        return [name for entry in schema for name in _referred(entry)]
    if not isinstance(schema, dict):
        return []
    names = [name for word, entry in schema.items() if word != "enum" for name in _referred(entry)]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        names.append(reference.removeprefix("#/$defs/"))
    return names


def _strengthened(schema: Any) -> Any:
    """Return a schema without prose and with the ranges and patterns that its formats stand for."""
    if isinstance(schema, list):
        return [_strengthened(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    strong = {
        word: {name: _strengthened(entry) for name, entry in value.items()}
        if word == "properties"
        else _strengthened(value)
        for word, value in schema.items()
        if not (word == "description" or word.startswith("x-"))
    }
    return strong | FORMATS.get(str(schema.get("format")), {})
