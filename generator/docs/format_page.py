"""What people may write, from the shapes that the reader holds files against."""

from functools import lru_cache
from typing import Any

from generator.catalogue.shape import shapes
from generator.catalogue.shape.fields import COMPONENT, CONTAINER, INIT_CONTAINER
from generator.catalogue.shape.service import SERVICE
from generator.docs.field_table import field_table
from generator.docs.pages import write

# Their fields have tables of their own.
_ELSEWHERE = frozenset({"components", "initContainers", "defaults", "services", "site", "domains"})
_ONLY_INIT = ("restartPolicy", "volumeMounts")
# Its own shape lists every name that may stand there.
_INHERIT = {"type": "array", "items": {"type": "string", "x-hint": "names of fields of a component or container"}} | {
    "description": SERVICE["components"]["additionalProperties"]["properties"]["inherit"]["description"]
}
_OF_INVENTORY = frozenset({"defaults"})


@lru_cache(maxsize=1)
def service_format_page() -> str:
    """Write the page of service, template, domain, environment and site files."""
    return write(
        "service-format",
        {
            "service": field_table(SERVICE, ("summary", "category"), _ELSEWHERE),
            "inherit": field_table({"inherit": _INHERIT}),
            "component": field_table(COMPONENT, (), _ELSEWHERE),
            "container": field_table(CONTAINER, (), _ELSEWHERE),
            "init": field_table({name: INIT_CONTAINER["properties"][name] for name in _ONLY_INIT}),
            "domain": _of("domain", _ELSEWHERE),
            "environment": _of("environment", _ELSEWHERE),
            "site": _of("site", _ELSEWHERE),
        },
    )


@lru_cache(maxsize=1)
def inventory_format_page() -> str:
    """Write the page of the inventory files."""
    return write("inventory-format", {"inventory": _of("inventory", _OF_INVENTORY)})


def _of(name: str, skip: frozenset[str]) -> object:
    schema: dict[str, Any] = shapes()[name].schema
    return field_table(schema["properties"], tuple(schema.get("required", ())), skip)
