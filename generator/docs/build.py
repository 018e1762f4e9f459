"""Every reference page from the fleets of all environments."""

from collections.abc import Callable, Mapping

from generator.docs.backup_page import backup_page
from generator.docs.facts import Facts
from generator.docs.format_page import inventory_format_page, service_format_page
from generator.docs.kept import Kept, keep, kept_page
from generator.docs.markdown import Markdown, code, link, table
from generator.docs.network_page import network_page
from generator.docs.pages import write
from generator.docs.ports_page import ports_page
from generator.docs.remarks import Remarks
from generator.docs.service_page import service_page
from generator.docs.startup_page import startup_page
from generator.docs.stores_page import buckets_page, databases_page, secrets_page
from generator.docs.view import Reference, look
from generator.fleet.model import Fleet
from generator.fleet.standing import STANDING_PATH, standing_text

FOLDER = "docs/reference"
# File, what it is called, what one finds there. The order is that of the index. Without a maker, it is a page that
# is made of what is kept (kept.py).
_PAGES: tuple[tuple[str, str, str, Callable[[Reference], str] | None], ...] = (
    ("services", "Services", "every service, where it runs, what its domain needs of its budget", None),
    ("ports", "Port registry", "addresses, hosts, node ports, names and ports that are taken", ports_page),
    (
        "network",
        "Network topology",
        "subnets, VLANs, pools, who holds which address, what is free, edges",
        network_page,
    ),
    ("backup", "Backup inventory", "what is copied where and how often, and what is not", backup_page),
    ("images", "Image inventory", "images with tag and digest, upstream charts, who uses them", None),
    ("secrets", "Secrets", "the names that have to lie in the secret store", secrets_page),
    ("databases", "Databases", "PostgreSQL databases and Valkey numbers", databases_page),
    ("buckets", "Buckets", "what a person makes by hand, and what to run", buckets_page),
    ("namespaces", "Namespaces and exceptions", "Pod Security levels, quotas, dated exceptions", None),
    ("startup", "Start-up order", "hosts, machines and services in the order in which they come up", startup_page),
    (
        "service-format",
        "Service format",
        "every field that a file below `values/` may have",
        lambda _: service_format_page(),
    ),
    ("inventory-format", "Inventory format", "every field of `values/inventory/`", lambda _: inventory_format_page()),
)


def build(
    fleets: Mapping[str, Fleet], facts: Mapping[str, tuple[Facts, ...]] | None = None, remarks: Remarks | None = None
) -> dict[str, str]:
    """Return every page by its path below the repository.

    `facts` (`read_facts`) and `remarks` (`read_remarks`) add what the model does not carry; pages
    are whole without them. The order of `fleets` does not matter.
    """
    reference = look(fleets, facts or {}, remarks or {})
    return build_pages(reference, keep(reference))


def build_pages(reference: Reference, kept: Kept) -> dict[str, str]:
    """Return every page by its path; `kept` is what `keep` makes of the same reference."""
    pages = shared_pages(reference, kept)
    for service in reference.services.values():
        pages[service_path(service.name)] = service_page(reference, service)
    return dict(sorted(pages.items()))


def shared_pages(reference: Reference, kept: Kept) -> dict[str, str]:
    """Return the pages that tell of all services."""
    pages = {
        f"{FOLDER}/{name}.md": make(reference) if make is not None else kept_page(name, kept)
        for name, _, _, make in _PAGES
    }
    pages[f"{FOLDER}/README.md"] = _index(reference)
    pages[STANDING_PATH] = standing_text(view.fleet for view in reference.views)
    return pages


def service_path(name: str) -> str:
    """Return the path of a service's page."""
    return f"{FOLDER}/services/{name}.md"


def _index(reference: Reference) -> str:
    listed = [(link(title, f"{name}.md"), Markdown(about)) for name, title, about, _ in _PAGES]
    environments = []
    for view in reference.views:
        fleet = view.fleet
        environments.append(
            (
                view.name,
                fleet.environment.summary,
                str(len(fleet.services)),
                str(len(fleet.off)),
                str(len(fleet.retired)),
                str(len(fleet.inventory.nodes)),
                code(fleet.site.zone),
                code(fleet.inventory.kubernetes_version or fleet.site.kubernetes.version),
                code(fleet.inventory.talos_version or ""),
            )
        )
    head = ("environment", "is", "services", "off", "retired", "nodes", "zone", "Kubernetes", "Talos")
    return write("README", {"pages": table(("page", "answers"), listed), "environments": table(head, environments)})
