"""The Image Factory's schematic: its id computed here, and the names of the images that it stands for.

The id is the SHA-256 of the canonical YAML: known fields in the factory's order, empty ones left out, lists as given,
four spaces of indent. Source: facts/provisioning.md §3.5 (siderolabs/image-factory, pkg/schematic).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import yaml

FACTORY = "factory.talos.dev"

# Field order of the factory's own structures; a name that is not here is one that the factory refuses.
_ORDER: Mapping[str, Any] = {
    "overlay": {"image": None, "name": None, "options": None},
    "owner": None,  # enterprise only; its place in the order is unverified
    "customization": {
        "embeddedMachineConfiguration": None,
        "extraKernelArgs": None,
        "meta": {"key": None, "value": None},
        "systemExtensions": {"officialExtensions": None},
        "bootloader": None,
        "secureboot": {"enrollKeys": None, "includeWellKnownCertificates": None},
        "diskImage": {"sectorSize": None},
    },
}


class SchematicError(Exception):
    """The factory would refuse this schematic."""


def schematic_id(schematic: Mapping[str, Any]) -> str:
    """Compute the id that the factory gives to this schematic.

    Raises:
        SchematicError: it has a field that the factory does not know.
    """
    return hashlib.sha256(canonical(schematic).encode()).hexdigest()


def canonical(schematic: Mapping[str, Any]) -> str:
    """Write a schematic as the factory does before hashing it.

    Raises:
        SchematicError: it has a field that the factory does not know.
    """
    ordered = _ordered(schematic, _ORDER, "schematic")
    ordered.setdefault("customization", {})
    return "\n".join(_lines(ordered, 0)) + "\n"


def disk_image_url(schematic: str, version: str, architecture: str = "amd64") -> str:
    """Return the URL of the disk image for Proxmox' `import` content."""
    return f"https://{FACTORY}/image/{schematic}/{version}/nocloud-{architecture}.qcow2"


def installer_image(schematic: str, version: str, *, platform: str = "nocloud") -> str:
    """Return the image that an upgrade installs."""
    return f"{FACTORY}/{platform}-installer/{schematic}:{version}"


def _lines(value: Any, indent: int) -> list[str]:
    pad = " " * indent
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _pair(pad, str(key), inner, indent)]
    lines = []
    for item in value:
        if isinstance(item, dict | list):
            nested = _lines(item, indent + 2)  # the first line of the item takes the dash
            lines += [f"{pad}- {nested[0].lstrip()}", *nested[1:]]
        else:
            lines.append(f"{pad}- {_scalar(item, indent)}")
    return lines


def _pair(pad: str, key: str, inner: Any, indent: int) -> list[str]:
    if isinstance(inner, dict | list):
        return (
            [f"{pad}{key}:", *_lines(inner, indent + 4)] if inner else [f"{pad}{key}: {'{}' if inner == {} else '[]'}"]
        )
    return [f"{pad}{key}: {_scalar(inner, indent)}"]


def _scalar(value: Any, indent: int) -> str:
    """Quote as the factory's encoder does: double where plain text would be no text, single where syntax asks."""
    if not isinstance(value, str):
        return json.dumps(value)
    if "\n" in value:
        pad = "\n" + " " * (indent + 4)
        return ("|" if value.endswith("\n") else "|-") + pad + value.rstrip("\n").replace("\n", pad)
    if not isinstance(yaml.safe_load(value) if _is_plain(value) else value, str):
        return json.dumps(value)
    return value if _is_plain(value) else "'" + value.replace("'", "''") + "'"


def _is_plain(value: str) -> bool:
    try:
        loaded = yaml.safe_load(value)
    except yaml.YAMLError:
        return False
    return loaded == value or not isinstance(loaded, str | dict | list)


def _ordered(value: Mapping[str, Any], order: Mapping[str, Any], where: str) -> dict[str, Any]:
    unknown = sorted(set(value) - set(order))
    if unknown:
        raise SchematicError(f"{where} has the field {unknown[0]!r}, the factory knows {', '.join(sorted(order))}")
    result: dict[str, Any] = {}
    for name, inner in order.items():
        entry = value.get(name)
        if entry in (None, "", [], {}) or entry is False:
            continue
        result[name] = _entry(entry, inner, f"{where}.{name}")
    return result


def _entry(entry: Any, inner: Mapping[str, Any] | None, where: str) -> Any:
    if inner is None:
        return entry
    if isinstance(entry, list):
        return [_ordered(item, inner, where) for item in entry]
    return _ordered(entry, inner, where)
