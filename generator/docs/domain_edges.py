"""Edges between domains: stated ones drawn, those that come by themselves counted."""

from collections import Counter, defaultdict

from generator.docs.endpoints import port_text
from generator.docs.markdown import Markdown, code, escape, join, table
from generator.docs.mermaid import MOST_EDGES, Flow
from generator.docs.view import View
from generator.fleet.model import ApiServer, Endpoint, Internet, Nodes, Pods, Range

# Gateway, scraper and prober reach nearly every domain; drawn, they would hide the rest.
_BY_ITSELF = frozenset({"dns", "namespace", "gateway", "scrape", "probe"})
_MOST_PORTS = 3


def domain_edges(view: View) -> tuple[Markdown, Markdown, Markdown]:
    """Return the diagram, the table of every pair, and what the diagram leaves out."""
    services = view.fleet.services
    drawn: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    pairs: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for edge in view.fleet.edges:
        if edge.reason in ("dns", "namespace"):
            continue
        source, target = _where(view, edge.source), _where(view, edge.target)
        if source == target:
            continue
        pairs[(source, target)][edge.reason] += 1
        if edge.reason not in _BY_ITSELF:
            for port in edge.ports:
                drawn[(source, target)][port_text(port)] = None
    rows = [
        (
            escape(source),
            escape(target),
            join([Markdown(f"{count} × {code(reason)}") for reason, count in sorted(found.items())]),
        )
        for (source, target), found in sorted(pairs.items())
    ]
    return _diagram(view, drawn), table(("from", "to", "edges"), rows), _left_out(len(drawn), len(services))


def _diagram(view: View, drawn: dict[tuple[str, str], dict[str, None]]) -> Markdown:
    if not drawn or len(drawn) > MOST_EDGES:
        return Markdown("")
    flow = Flow()
    for end in sorted({end for pair in drawn for end in pair}):
        flow.node(end, end, shape="[]" if end in view.fleet.domains else "([])")
    for (source, target), ports in sorted(drawn.items()):
        shown = ", ".join(ports) if len(ports) <= _MOST_PORTS else f"{len(ports)} ports"
        flow.edge(flow.node(source, source), flow.node(target, target), shown)
    return flow.markdown()


def _left_out(edges: int, services: int) -> Markdown:
    if edges <= MOST_EDGES:
        return Markdown("")
    return Markdown(f"{edges} pairs of {services} services are too many for one picture; the table has them all.")


def _where(view: View, end: Endpoint) -> str:
    match end:
        case Pods():
            service = view.fleet.services.get(end.service)
            return service.domain if service else end.namespace
        case Internet():
            return "the internet"
        case Range():
            return f"LAN: {end.name}"
        case ApiServer():
            return "the API server"
        case Nodes():
            return "the nodes"
