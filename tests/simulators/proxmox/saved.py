"""Write the site as JSON and read it back, for tests that stop and start the simulator."""

import dataclasses
import json
import types
import typing
from typing import Any

from .state import Site


def dump(site: Site) -> bytes:
    """Return the site as JSON."""
    return json.dumps(dataclasses.asdict(site), indent=1).encode()


def load(text: str | bytes) -> Site:
    """Return the site of a JSON text.

    Raises:
        TypeError: a field that the site does not have.
    """
    found = _build(Site, json.loads(text))
    assert isinstance(found, Site)
    return found


def _build(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        if unknown := sorted(set(value) - set(hints)):
            raise TypeError(f"{getattr(kind, '__name__', kind)} has no field '{unknown[0]}'")
        return kind(**{name: _build(hints[name], part) for name, part in value.items()})  # type: ignore[operator]  # a dataclass, so it can be called
    if origin is list:
        return [_build(arguments[0], part) for part in value]
    if origin is dict:
        # JSON knows text keys only; VM ids are numbers.
        return {arguments[0](key): _build(arguments[1], part) for key, part in value.items()}
    if origin is types.UnionType and value is not None:
        return _build(arguments[0], value)
    return value
