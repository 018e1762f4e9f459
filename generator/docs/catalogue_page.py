"""Every service of the fleet by tier, domain and category, with its state in each environment."""

from collections import defaultdict
from collections.abc import Callable

from generator.catalogue.quantity import show_bytes, show_cpu
from generator.catalogue.service import Service
from generator.catalogue.site import Domain
from generator.docs.endpoints import service_link
from generator.docs.markdown import Markdown, table
from generator.docs.pages import write
from generator.docs.view import Reference, Row, View

_TIERS = ("core", "platform", "apps")
_FOLDER = "services/"


# What the page says of one domain: words as they stand, tables finished.
Part = dict[str, str]


def catalogue_parts(reference: Reference) -> list[Part]:
    """Return what the page says of every domain, by name."""
    groups: dict[str, dict[str, list[Service]]] = defaultdict(lambda: defaultdict(list))
    for service in reference.services.values():
        groups[service.domain][service.category].append(service)
    domains: dict[str, Domain] = {}
    for view in reference.views:
        for name, domain in view.fleet.domains.items():
            domains.setdefault(name, domain)
    return [_domain(reference, domains[name], groups[name]) for name in sorted(domains)]


def catalogue_page(parts: list[Part], count: int) -> str:
    """Write the page of so many services."""
    tiers = [(tier, [part for part in parts if part["tier"] == tier]) for tier in _TIERS]
    return write("services", {"tiers": [item for item in tiers if item[1]], "count": count})


def _domain(reference: Reference, domain: Domain, groups: dict[str, list[Service]]) -> Part:
    known = [name for name in domain.categories if name in groups]
    order = [*known, *sorted(set(groups) - set(known))]
    head = ("category", "service", "is", *reference.environments)
    rows = [
        (category, service_link(service.name, _FOLDER), service.summary, *_states(reference, service.name))
        for category in order
        for service in groups[category]
    ]
    return {
        "name": domain.name,
        "tier": domain.tier,
        "summary": domain.summary,
        "owner": domain.owner,
        "services": table(head, rows),
        "budget": table(("environment", "CPU", "memory", "memory limit", "storage"), _budgets(reference, domain.name)),
    }


def state(view: View, service: str) -> Markdown:
    """Return whether a service runs in an environment."""
    if service in view.fleet.services:
        return Markdown("runs")
    return Markdown("retired" if service in view.fleet.retired else "off")


def _states(reference: Reference, service: str) -> list[Markdown]:
    return [state(view, service) for view in reference.views]


def _budgets(reference: Reference, domain: str) -> list[Row]:
    """What the services of a domain need, of what they may."""
    rows: list[Row] = []
    for view in reference.views:
        need, budget = view.fleet.needs.get(domain), view.fleet.budgets.get(domain)
        if need is None or budget is None:
            continue
        pairs = (
            (need.cpu_m, budget.cpu_m, show_cpu),
            (need.memory_bytes, budget.memory_bytes, show_bytes),
            (need.memory_limit_bytes, budget.memory_limit_bytes, show_bytes),
            (need.storage_bytes, budget.storage_bytes, show_bytes),
        )
        rows.append((view.name, *(_of(*pair) for pair in pairs)))
    return rows


def _of(need: int, bound: int | None, show: Callable[[int], str]) -> Markdown:
    if bound is None:
        return Markdown(f"{show(need)}, not bounded")
    text = f"{show(need)} of {show(bound)}"
    return Markdown(f"**{text}**" if need > bound else text)
