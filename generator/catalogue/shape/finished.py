"""The shapes of finished trees: every layer is merged, so nothing may be missing or null any more."""

from functools import lru_cache

from generator.catalogue.shape.build import Schema, mapping, nullable, record, without_required
from generator.catalogue.shape.check import Shape
from generator.catalogue.shape.fields import COMPONENT, CONTAINER
from generator.catalogue.shape.inventory import INVENTORY
from generator.catalogue.shape.service import DEFAULTS, SERVICE
from generator.catalogue.shape.site import DOMAIN, DOMAIN_REQUIRED, SITE, SITE_REQUIRED

# In `images` and `talos` of an inventory null has a meaning: a checksum that is not known, no encryption.
# Defaults are finished only where they are laid under a component.
_OPEN_DEFAULTS = nullable(without_required(DEFAULTS))


def _service() -> Schema:
    """The fields of a service that are not a component's; those are held against their own shape."""
    balancer = {**SERVICE["load_balancer"]["properties"], "ports": mapping({"type": "integer"})}
    percent = {**SERVICE["slo"]["additionalProperties"]["anyOf"][1], "required": ["objective"]}
    fields = {
        **SERVICE,
        "slo": mapping(percent),
        "components": mapping(nullable(without_required(SERVICE["components"]["additionalProperties"]))),
        "load_balancer": {**SERVICE["load_balancer"], "properties": balancer},
    }
    return record(fields, required=("summary", "category"))


@lru_cache(maxsize=1)
def finished() -> dict[str, Shape]:
    """Return the shapes by name; they are not published, because nobody writes such a file."""
    makers = {
        "service": _service,
        "component": lambda: record({**CONTAINER, **COMPONENT}),
        "site": lambda: record({**SITE, "defaults": _OPEN_DEFAULTS}, required=SITE_REQUIRED),
        "domain": lambda: record({**DOMAIN, "defaults": _OPEN_DEFAULTS}, required=DOMAIN_REQUIRED),
        "inventory": lambda: record({**INVENTORY, **{key: nullable(INVENTORY[key]) for key in ("images", "talos")}}),
    }
    return {name: Shape(name, make) for name, make in makers.items()}
