"""Namespaces with the level that each declares, and every exception that makes one need more."""

from generator.docs.endpoints import service_link
from generator.docs.markdown import Markdown, code
from generator.docs.pages import write
from generator.docs.service_rows import grants
from generator.docs.view import Reference, Row, View, across, by_text

_FOLDER = "services/"
_NONE = Markdown("–")
_QUOTA = ("requests.cpu", "requests.memory", "limits.memory", "requests.storage")


def namespaces_page(reference: Reference) -> str:
    views = reference.views
    return write(
        "namespaces",
        {
            "namespaces": across(
                ("namespace", "domain", "of", "Pod Security", "because", "until"),
                [(view.name, _namespaces(view)) for view in views],
                by_text,
            ),
            "quotas": across(
                ("namespace", "CPU", "memory", "memory limit", "storage"),
                [(view.name, _quotas(view)) for view in views],
                by_text,
            ),
            "exceptions": across(
                ("service", "for", "allows", "because", "until", "owner"),
                [(view.name, _exceptions(view)) for view in views],
                by_text,
            ),
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


def _quotas(view: View) -> list[Row]:
    rows: list[Row] = []
    for namespace in view.fleet.namespaces.values():
        quota = namespace.quota
        if quota is not None:
            rows.append((code(namespace.name), *(str(quota.get(key, "–")) for key in _QUOTA)))
    return rows


def _exceptions(view: View) -> list[Row]:
    return [
        (service_link(service.name, _FOLDER), *row)
        for service in view.fleet.services.values()
        for row in grants(service)
    ]
