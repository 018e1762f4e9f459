"""The two ends of an edge, and its ports, in a table's words."""

from collections.abc import Sequence
from functools import lru_cache

from generator.catalogue.service import Port
from generator.docs.markdown import Markdown, code, escape, link
from generator.docs.view import Row, View
from generator.fleet.model import ApiServer, EdgePort, Endpoint, Internet, Nodes, NotEnforced, Pods, Range

_REASONS = {
    "talks_to": Markdown("`talks_to`"),
    "called_by": Markdown("`called_by`"),
    "needs": Markdown("`needs`"),
    "gateway": Markdown("`expose`"),
    "scrape": Markdown("scrapes its metrics"),
    "probe": Markdown("probes it, since it has no metrics"),
    "load_balancer": Markdown("`load_balancer`"),
    "rbac": Markdown("`rbac`"),
    "webhook": Markdown("webhook"),
    "dns": Markdown("finds names"),
    "namespace": Markdown("comes by itself"),
}
_PORTS: dict[tuple[EdgePort, ...], Markdown] = {}
HOSTS_NOT_ENFORCED = Markdown("hosts not enforced")


@lru_cache(maxsize=1 << 14)
def service_link(service: str, folder: str = "") -> Markdown:
    return link(service, f"{folder}{service}.md")


def port_text(port: EdgePort) -> str:
    return f"{port.number}/{port.protocol}" if port.number is not None else f"every {port.protocol} port"


def ports_text(ports: tuple[EdgePort, ...]) -> Markdown:
    """Return the ports of an edge; none at all are every port."""
    known = _PORTS.get(ports)
    if known is None:
        known = _PORTS[ports] = escape(", ".join(map(port_text, ports)) if ports else "every port")
    return known


def declared(port: Port) -> str:
    return f"{port.number}/{port.protocol}"


def end_text(view: View, end: Endpoint, folder: str = "") -> Markdown:
    """Return who stands at one end of an edge; services are links."""
    match end:
        case Pods():
            name = end.service
            known = service_link(name, folder) if name in view.fleet.services else escape(name)
            part = end.component
            return known if part is None or part == "main" else Markdown(f"{known} ({escape(part)})")
        case Internet():
            return Markdown("the internet") if end.host == "*" else code(end.host)
        case Range():
            cidr = end.cidr.removesuffix("/32")
            return escape(end.name) if end.name in (cidr, end.cidr) else Markdown(f"{escape(end.name)} ({cidr})")
        case ApiServer():
            return Markdown("the API server")
        case Nodes():
            return Markdown("the nodes")


def calls(view: View, service: str, *, components: bool) -> list[Row]:
    """Whom the pods of a service may call: to, ports, why, and from which component."""
    plain = view.fleet.site.backends.network_policy == "kubernetes"
    rows: list[Row] = []
    for edge in view.calls.get(service, ()):
        target = edge.target
        why = _REASONS[edge.reason]
        if plain and type(target) is Internet and target.host != "*":
            why = Markdown(f"{why}, {HOSTS_NOT_ENFORCED}")
        cells = (end_text(view, target), ports_text(edge.ports), why)
        rows.append((*cells, _component(edge.source)) if components else cells)
    return rows


def callers(view: View, service: str, *, components: bool) -> list[Row]:
    """Who may call the pods of a service: from, ports, why, and which component."""
    rows: list[Row] = []
    for edge in view.callers.get(service, ()):
        cells = (end_text(view, edge.source), ports_text(edge.ports), _REASONS[edge.reason])
        rows.append((*cells, _component(edge.target)) if components else cells)
    return rows


def _component(end: Endpoint) -> str:
    return (end.component or "every pod") if type(end) is Pods else ""


def gap_rows(gaps: Sequence[NotEnforced]) -> list[Row]:
    """What no policy enforces, once for each reason."""
    return list(dict.fromkeys((gap.what, gap.why) for gap in gaps))
