"""Namespaces with the level that each declares, and every exception that makes one need more."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.docs.endpoints import service_link
from generator.docs.markdown import Markdown, code
from generator.docs.pages import write
from generator.docs.service_rows import grants
from generator.docs.view import Reference, Row, View, across, by_text
from generator.fleet.model import Fleet

_FOLDER = "services/"
_NONE = Markdown("–")
_QUOTA = ("requests.cpu", "requests.memory", "limits.memory", "requests.storage")


@dataclass(frozen=True, slots=True)
class NamespaceTables:
    """What the page shows: two finished tables, and of each environment the quota of every namespace that has one."""

    namespaces: Markdown
    exceptions: Markdown
    quotas: Mapping[str, Mapping[str, tuple[str, ...]]]


def namespace_tables(reference: Reference) -> NamespaceTables:
    """Return what the page shows."""
    views = reference.views
    return NamespaceTables(
        across(
            ("namespace", "domain", "of", "Pod Security", "because", "until"),
            [(view.name, _namespaces(view)) for view in views],
            by_text,
        ),
        across(
            ("service", "for", "allows", "because", "until", "owner"),
            [(view.name, _exceptions(view)) for view in views],
            by_text,
        ),
        {view.name: quotas(view.fleet) for view in views},
    )


def namespaces_page(tables: NamespaceTables) -> str:
    return write(
        "namespaces",
        {
            "namespaces": tables.namespaces,
            "quotas": across(
                ("namespace", "CPU", "memory", "memory limit", "storage"),
                [(name, _quota_rows(own)) for name, own in tables.quotas.items()],
                by_text,
            ),
            "exceptions": tables.exceptions,
        },
    )


def _namespaces(view: View) -> list[Row]:
    rows: list[Row] = []
    for namespace in view.fleet.namespaces.values():
        owner = service_link(namespace.service, _FOLDER) if namespace.service else Markdown("the domain")
        level = namespace.level if namespace.level == "restricted" else Markdown(f"**{namespace.level}**")
        because = namespace.reason or (
            Markdown("Kubernetes makes it; not ours to label") if namespace.builtin else _NONE
        )
        rows.append((code(namespace.name), namespace.domain, owner, level, because, namespace.until or _NONE))
    return rows


def quotas(fleet: Fleet) -> dict[str, tuple[str, ...]]:
    """Return the quota of every namespace that has one, in the order of the table's columns."""
    return {
        namespace.name: tuple(str(namespace.quota.get(key, "–")) for key in _QUOTA)
        for namespace in fleet.namespaces.values()
        if namespace.quota is not None
    }


def _quota_rows(found: Mapping[str, tuple[str, ...]]) -> list[Row]:
    return [(code(name), *amounts) for name, amounts in found.items()]


def _exceptions(view: View) -> list[Row]:
    return [
        (service_link(service.name, _FOLDER), *row)
        for service in view.fleet.services.values()
        for row in grants(service)
    ]
