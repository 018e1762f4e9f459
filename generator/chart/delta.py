"""What Helm must be told to make one environment's values out of another's."""

from typing import Any

import orjson

Values = dict[str, Any]


def delta(base: Values, wanted: Values) -> Values:
    """The smallest values file that Helm lays over `base` to get `wanted`.

    Helm merges maps key by key, takes everything else whole, and removes a key that is null; so
    null stands only for a key that `base` has.
    """
    changed: Values = {}
    for key, value in wanted.items():
        if key not in base:
            changed[key] = value
            continue
        below = base[key]
        if _same(below, value):
            continue
        if not isinstance(below, dict) or not isinstance(value, dict):
            changed[key] = value
        elif inner := delta(below, value):
            changed[key] = inner
    for key in base:
        if key not in wanted:
            changed[key] = None
    return changed


def _same(one: Any, other: Any) -> bool:
    """Equal and of equal types, though Python calls true and 1 equal.

    Dumped texts may differ by order as well, which costs a closer look and nothing else.
    """
    if one is other:
        return True
    return bool(one == other) and (isinstance(one, str) or orjson.dumps(one) == orjson.dumps(other))


def merged(base: Values, changed: Values) -> Values:
    """Lay a values file over others the way Helm does."""
    result = dict(base)
    for key, value in changed.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result
