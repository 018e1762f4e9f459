"""Our own closed schemas for custom resources: one file per kind under `custom/<group>/`."""

from functools import cache
from pathlib import Path
from typing import Any

from generator.schema.fault import SchemaError
from generator.schema.kubernetes import OBJECT_META, Definitions, Kind, Schema
from generator.schema.notation import compiled

FOLDER = Path(__file__).parent / "custom"
_PARTS = {"apiVersion", "kind", "scope", "fields", "types", "fields_of"}


def custom_schema(kind: Kind, definitions: Definitions) -> Schema | None:
    """Return our schema of a custom kind, or None where we have written none.

    Raises:
        SchemaError: the file is no schema of ours, or needs what this Kubernetes version lacks.
    """
    file = _file(kind)
    if not file.is_file():
        return None
    sheet = _sheet(file)
    if (sheet["apiVersion"], sheet["kind"]) != (kind.api_version, kind.name):
        return None
    fields, types = _fields(sheet, file)
    schema = compiled({"apiVersion!": "text", "kind!": "text", **fields}, kind.name)
    schema["properties"] |= {
        "apiVersion": {"const": kind.api_version},
        "kind": {"const": kind.name},
        "metadata": {"$ref": f"#/$defs/{OBJECT_META}"},
    }
    schema["required"].append("metadata")
    own = {name: compiled(written, f"{kind.name}.{name}") for name, written in types.items()}
    return _joined(schema, own, definitions)


def custom_kinds() -> tuple[Kind, ...]:
    """Return the kinds that we have schemas for, in order."""
    sheets = [_sheet(file) for file in sorted(FOLDER.glob("*/*.yaml"))]
    return tuple(sorted(Kind.of(sheet["apiVersion"], sheet["kind"]) for sheet in sheets))


def is_cluster_scoped(kind: Kind) -> bool:
    """Return whether objects of a custom kind of ours stand outside of namespaces."""
    file = _file(kind)
    return file.is_file() and _sheet(file)["scope"] == "cluster"


def _file(kind: Kind) -> Path:
    return FOLDER / kind.group / f"{kind.name.lower()}_{kind.version}.yaml"


def _fields(sheet: dict[str, Any], file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a kind's fields and types; two kinds that differ by scope alone share them."""
    if "fields_of" in sheet:
        return _fields(_sheet(file.with_name(f"{sheet['fields_of']}.yaml")), file)
    return sheet["fields"], sheet.get("types", {})


def _joined(schema: Schema, own: dict[str, Schema], definitions: Definitions) -> Schema:
    """Put our own types beside the definitions of Kubernetes that either of them needs."""
    together = definitions.bundled(_without_own({"allOf": [schema, *own.values()]}, own))
    return {"$schema": together["$schema"], **schema, "$defs": together["$defs"] | own}


def _without_own(schema: Any, own: dict[str, Schema]) -> Any:
    """Return a copy in which references to our own types are gone: only Kubernetes' are asked for."""
    if isinstance(schema, list):
        return [_without_own(entry, own) for entry in schema]
    if isinstance(schema, dict):
        if str(schema.get("$ref", "")).removeprefix("#/$defs/") in own:
            return {}
        return {word: _without_own(entry, own) for word, entry in schema.items()}
    return schema


@cache
def _sheet(file: Path) -> dict[str, Any]:
    import yaml

    try:
        sheet = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SchemaError(f"{file} cannot be read: install chartroom again ({error})") from error
    if not isinstance(sheet, dict) or not {"apiVersion", "kind", "scope"} <= set(sheet) <= _PARTS:
        raise SchemaError(f"{file} is no schema of a custom resource: install chartroom again")
    return sheet
