"""What the API server refuses although the published schemas let it pass, as additions to them.

The schemas say types and required fields; ranges, words, names and what excludes what stand in the
server's own code. Source: the answers of kube-apiserver 1.36.3, recorded in `tests/server/`.
"""

from typing import Any

from generator.schema import server_objects, server_pods
from generator.schema.server_words import Schema

_API = "io.k8s.api."
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_PACKAGES = (
    (f"{_API}core.v1.", {**server_pods.CORE, **server_objects.CORE}),
    (f"{_API}apps.v1.", server_pods.APPS),
    (f"{_API}batch.v1.", server_pods.BATCH),
    (f"{_API}networking.v1.", server_objects.POLICIES),
    (f"{_API}rbac.v1.", server_objects.RIGHTS),
    (_META, server_objects.META),
    ("", server_objects.OTHERS),
)
_DEMANDS: dict[str, Schema] = {
    f"{package}{name}": demand for package, demands in _PACKAGES for name, demand in demands.items()
}

# What is asked of every object whose kind is not Kubernetes' own.
CUSTOM: Schema = {"properties": {"metadata": {**server_objects.ANY_NAME, "$ref": f"#/$defs/{_META}ObjectMeta"}}}


def demanded(name: str, definition: Schema) -> Schema:
    """Return a definition together with what the server asks beyond it."""
    demand = _DEMANDS.get(name)
    if demand is not None:
        definition = _joined(definition, demand)
    if "metadata" in definition.get("properties", {}) and "kind" in definition["properties"]:
        definition = _joined(definition, {"properties": {"metadata": _name_of(name)}})
    return definition


def _name_of(name: str) -> Schema:
    if name.startswith(server_objects.UNNAMED_GROUPS):
        return {}
    return server_objects.NAMES.get(name, server_objects.ANY_NAME)


def _joined(one: Any, other: Any) -> Any:
    """Put two schemas together, field by field; a field that this version lacks stays unknown."""
    joined = dict(one)
    for word, value in other.items():
        if word == "properties" and "additionalProperties" in one:
            known = one.get("properties", {})
            joined[word] = {
                **known, **{field: _added(known[field], asked) for field, asked in value.items() if field in known}
            }  # fmt: skip
        elif word == "required":
            joined[word] = sorted({*one.get(word, ()), *value})
        else:
            joined[word] = _added(one[word], value) if word in one else value
    return joined


def _added(one: Any, other: Any) -> Any:
    return _joined(one, other) if isinstance(one, dict) and isinstance(other, dict) else other
