"""Know again an inventory and a state that were planned with: SHA-256 over what counts, without what always moves."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from generator.finding import Place
from provision.inventory.model import Inventory
from provision.secrets.bundle import SecretsBundle

from .seen import Seen

# Free space, digests and readiness move by themselves; where a line stands in a file does not matter.
_MOVING = frozenset({"free_bytes", "total_bytes", "digest", "ready", "place", "places", "bundle", "others"})


def of_inventory(inventory: Inventory) -> str:
    """Return the hash of an inventory."""
    return _hash(inventory)


def of_seen(seen: Seen) -> str:
    """Return the hash of a state; the configurations of nodes go in as hashes, the keys only as there or not."""
    return _hash({"seen": seen, "keys": seen.bundle is not None})


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Place | SecretsBundle):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name not in _MOVING}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, range):
        return [value.start, value.stop]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    # What a file of the inventory is called does not depend on where the repository lies.
    return value.name if isinstance(value, Path) else str(value)
