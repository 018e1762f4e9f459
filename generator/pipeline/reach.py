"""Zero trust, proven: the rendered policies of one environment against the edges that its files declare.

The evaluator (generator.network) reads rendered objects only. Here the declared edges become plain
data for it, and what it finds becomes findings that point at the file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import network
from generator.finding import Finding, Place, Severity, sort_findings
from generator.fleet import Fleet
from generator.fleet.model import ApiServer, Edge, Endpoint, Internet, Nodes, NotEnforced, Pods, Range
from generator.helm import Pairs
from generator.policy import trace
from generator.schema import read_manifests

Objects = Iterable[tuple[str, Mapping[str, Any]]]
_SHOWN = 3
_DOMAIN = "app.kubernetes.io/instance"
_SERVICE = "app.kubernetes.io/name"
_CLUSTERWIDE = "CiliumClusterwideNetworkPolicy/"
_BlockName = Callable[[tuple[tuple[int, int], ...]], str]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the rendered policies of one environment come to.

    `services` and `domains` are the reachability matrices: source -> target -> ports. `not_enforced`
    is what no policy can allow or deny; `hosts_not_enforced` are names that stand for all public
    addresses because plain policies know no names. `undeclared` are the pairs of `services` that are
    wider than what is declared; None where there were too many to weigh one by one.
    """

    findings: tuple[Finding, ...]
    not_enforced: tuple[NotEnforced, ...]
    hosts_not_enforced: tuple[NotEnforced, ...]
    services: Mapping[str, Mapping[str, str]]
    domains: Mapping[str, Mapping[str, str]]
    undeclared: frozenset[tuple[str, str]] | None = None


def objects_of(root: Path, environment: str, rendered: Mapping[str, Pairs]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of an environment with its source: the rendered charts and the guard rails in Git."""
    for pairs in rendered.values():
        for pair in pairs:
            for manifest in read_manifests(pair.document).manifests:
                yield f"charts/{pair.source}", manifest.object
    for path in sorted((root / "kubernetes" / environment / "namespaces").glob("*.yaml")):
        for manifest in read_manifests(path.read_text(encoding="utf-8")).manifests:
            yield path.relative_to(root).as_posix(), manifest.object


def surroundings(fleet: Fleet) -> network.Surroundings:
    """Return the addresses of an environment and who enforces its policies."""
    kubernetes, nodes = fleet.site.kubernetes, fleet.inventory.nodes.values()
    planes = [str(node.address) for node in nodes if node.role == "controlplane"]
    return network.Surroundings(
        enforcer="cilium" if fleet.site.backends.network_policy == "cilium" else "kubernetes",
        nodes=tuple(str(node.address) for node in nodes),
        api=tuple(dict.fromkeys([str(kubernetes.api), *planes])),
        pods=(str(kubernetes.pods),),
        own=(str(kubernetes.services), *(str(item.subnet) for item in fleet.site.networks.values())),
        node_labels=tuple(node.labels for node in nodes),
    )


def declared(fleet: Fleet) -> list[network.Declared]:
    """Return the edges of a fleet as plain data."""
    return [_declared(edge) for edge in fleet.edges]


def _declared(edge: Edge) -> network.Declared:
    names = _name(edge.source), _name(edge.target)
    return network.Declared(_end(edge.source), _end(edge.target), _ports(edge), *names, edge.place)


def _end(end: Endpoint) -> network.End:
    match end:
        case Pods(host_network=True) | Nodes():
            return network.Nodes()
        case Pods(namespace=namespace, labels=labels):
            return network.Pods(namespace, labels)
        case Internet(host=host):
            return network.HostName(host)
        case Range(cidr=cidr):
            return network.Addresses(network.address_set([cidr]))
        case ApiServer():
            return network.ApiServer()


def _ports(edge: Edge) -> network.PortSet:
    if not edge.ports:
        return network.EVERY_PORT
    return network.port_set(
        item
        for port in edge.ports
        for item in (network.whole(port.protocol) if port.number is None else network.port(port.number, port.protocol))
    )


def _name(end: Endpoint) -> str:
    match end:
        case Pods(service=service, component=component):
            return f"{service}-{component}" if component not in (None, "main") else service
        case Internet(host=host):
            return host if host != "*" else "the internet"
        case Range(name=name):
            return name
        case ApiServer():
            return "kubernetes"
        case Nodes():
            return "the nodes"


def prove(fleet: Fleet, objects: Objects) -> Proof:
    """Compare what the rendered policies allow with what the files declare."""
    taken = list(objects)
    edges = declared(fleet)
    reach = network.Reach((item for _, item in taken), surroundings(fleet), network.declared_pods(edges))
    result = network.compare(reach, edges)
    places = _Places(fleet, taken)
    findings = [
        *_wider(result, places),
        *_missing(result),
        *_open(result, places),
        *_doubts(reach, places),
        *_idle(reach, places),
    ]
    return Proof(
        sort_findings(findings),
        (*fleet.not_enforced, *_by_nobody(fleet, reach)),
        tuple(_hosts(fleet)),
        network.as_data(network.matrix(reach, _service_of(fleet, reach), _block_name(fleet))),
        network.as_data(network.matrix(reach, _domain_of(fleet, reach), _block_name(fleet))),
        None if result.more else frozenset(_undeclared(result, reach, _service_of(fleet, reach), _block_name(fleet))),
    )


def _undeclared(
    result: network.Comparison, reach: network.Reach, service_of: Callable[[int], str], block_name: _BlockName
) -> Iterator[tuple[str, str]]:
    """Yield (source, target) of what nobody declares, by the names of the matrix of services."""
    numbers = {network.name_of(reach, number): number for number in range(reach.nodes)}
    for side in result.open:
        if side.subject in numbers:
            ends = ("everything", service_of(numbers[side.subject]))
            yield ends if side.direction == "ingress" else (ends[1], ends[0])
    for item in result.wider:
        if item.subject not in numbers:
            continue
        number = numbers[item.subject]
        rules = [rule for rule in reach.allows(number, item.direction) if rule.policy == item.policy]
        if item.peer in numbers:
            peers = [service_of(numbers[item.peer])]
        elif item.peer.startswith("entity ") or any(item.peer in rule.hosts for rule in rules):
            peers = [item.peer.removeprefix("entity ")]
        else:
            peers = [block_name(rule.blocks) for rule in rules if rule.blocks]
        for peer in peers:
            ends = (peer, service_of(number))
            yield ends if item.direction == "ingress" else (ends[1], ends[0])


class _Places:
    """The file to change for a rendered object: that of the service whose template printed it."""

    def __init__(self, fleet: Fleet, objects: Objects) -> None:
        self._fleet = fleet
        self._source = {network.identity(item): source for source, item in objects}
        self._body = {network.identity(item): item for _, item in objects}

    def of(self, policy: str) -> Place:
        body = self._body.get(policy)
        if body is not None and body["metadata"].get("labels", {}).get(_SERVICE) in self._fleet.services:
            return trace(self._fleet, body, ("spec",))
        source = self._source.get(policy, "")
        name = source.rpartition("/")[2].removesuffix(".yaml")
        if "/templates/" in source and name in self._fleet.services:
            return self._fleet.services[name].place
        namespace = self._fleet.namespaces.get(name)
        if namespace is not None:
            return namespace.place
        domain = self._fleet.domains.get(source.removeprefix("charts/").partition("/")[0])
        return domain.place if domain is not None else Place("values/site.yaml")

    def of_namespace(self, name: str) -> Place:
        namespace = self._fleet.namespaces.get(name)
        return namespace.place if namespace is not None else Place("values/site.yaml")


def _wider(result: network.Comparison, places: _Places) -> Iterator[Finding]:
    by_policy: dict[tuple[str, str], list[network.Wider]] = {}
    for item in result.wider:
        by_policy.setdefault((item.policy, item.direction), []).append(item)
    for (policy, direction), found in by_policy.items():
        shown = "; ".join(map(str, found[:_SHOWN]))
        rest = len(found) - _SHOWN
        more = f"; and {rest} more" if rest > 0 else ""
        more += f"; {result.more} not weighed one by one" if result.more else ""
        message = f"{policy} allows {direction} that nobody declares: {shown}{more}"
        fix = (
            "declare it under `talks_to` of the caller (`called_by` where the caller has no file), or remove the policy"
        )
        yield Finding(places.of(policy), "network/wider-than-declared", message, fix, objects=(policy,))


def _missing(result: network.Comparison) -> Iterator[Finding]:
    for item in result.missing:
        edge = item.edge
        ends = "; ".join(
            f"the {direction} side of {subject} lacks {network.show_ports(ports)}"
            for direction, subject, ports in item.lacking[:_SHOWN]
        )
        call = f"{edge.source_name!r} is declared to call {edge.target_name!r} on {network.show_ports(edge.ports)}"
        message = f"{call}, and the policies deny it: {ends}"
        fix = "run `chartroom charts`; if a `patch` or an object of yours changes the policies, take that back"
        yield Finding(edge.place, "network/declared-edge-denied", message, fix)


def _open(result: network.Comparison, places: _Places) -> Iterator[Finding]:
    for item in result.open:
        whom = "anybody may call them" if item.direction == "ingress" else "they may call anybody"
        message = f"no policy isolates {item.subject} for {item.direction}: {whom}"
        fix = f"render a policy that denies all {item.direction} in namespace {item.namespace!r}: `chartroom charts`"
        yield Finding(places.of_namespace(item.namespace), "network/not-isolated", message, fix)


def _doubts(reach: network.Reach, places: _Places) -> Iterator[Finding]:
    for policy, doubt in reach.not_judged:
        message = f"{policy} cannot be judged: {doubt}"
        fix = "write it with selectors, addresses, entities or host names"
        yield Finding(places.of(policy), "network/not-judged", message, fix, objects=(policy,))


def _idle(reach: network.Reach, places: _Places) -> Iterator[Finding]:
    """Policies of the whole cluster; `references/policy-pods` says it of those that stand in a namespace."""
    for policy in reach.selects_nobody:
        if not policy.startswith(_CLUSTERWIDE):
            continue
        message = f"{policy} selects no pod"
        fix = "select labels that a pod carries, or remove the policy"
        yield Finding(
            places.of(policy), "network/selects-nobody", message, fix, severity=Severity.WARNING, objects=(policy,)
        )


def _by_nobody(fleet: Fleet, reach: network.Reach) -> Iterator[NotEnforced]:
    for name in sorted(set(reach.stock.nfs)):
        yield NotEnforced(f"NFS volume {name}", "the kubelet mounts it, outside of every pod", fleet.environment.place)
    for name in sorted(set(reach.stock.host_pods)):
        yield NotEnforced(name, "its pods have the address of their node", fleet.environment.place)
    foreign = {group.namespace for group in reach.groups} - reach.stock.owned
    for name in sorted(foreign):
        yield NotEnforced(
            f"namespace {name}", "Kubernetes makes it; its pods are not isolated", fleet.environment.place
        )
    what = "each pod, from the node that it runs on"
    yield NotEnforced(what, "a node always reaches its own pods, or probes would fail", fleet.environment.place)


def _hosts(fleet: Fleet) -> Iterator[NotEnforced]:
    """Names that plain policies turn into every public address."""
    if fleet.site.backends.network_policy == "cilium":
        return
    for edge in fleet.edges:
        if isinstance(edge.target, Internet) and edge.target.host != "*":
            what = f"{_name(edge.source)} -> {edge.target.host} on {network.show_ports(_ports(edge))}"
            yield NotEnforced(what, "plain policies know no host names: every public address is allowed", edge.place)


def _service_of(fleet: Fleet, reach: network.Reach) -> Callable[[int], str]:
    charts = {
        name: service for service, name in sorted(fleet.namespace_of.items(), reverse=True) if name in reach.stock.owned
    }

    def name(number: int) -> str:
        group = reach.groups[number]
        labels = group.labels
        if labels.get(_SERVICE) in fleet.services:
            return str(labels[_SERVICE])
        if labels.get("cnpg.io/cluster") in fleet.services:
            return str(labels["cnpg.io/cluster"])
        return charts.get(group.namespace, group.name) if not labels else group.name

    return name


def _domain_of(fleet: Fleet, reach: network.Reach) -> Callable[[int], str]:
    service_of = _service_of(fleet, reach)

    def name(number: int) -> str:
        service = fleet.services.get(service_of(number))
        return service.domain if service is not None else reach.groups[number].namespace

    return name


def _block_name(fleet: Fleet) -> Callable[[tuple[tuple[int, int], ...]], str]:
    around = surroundings(fleet)
    known = {network.address_set([str(item.subnet)]): name for name, item in fleet.site.networks.items()}
    known |= {network.address_set([str(address)]): name for name, address in fleet.site.addresses.items()}

    known |= {around.api_blocks: "kubernetes", around.node_blocks: "the nodes"}

    def name(found: tuple[tuple[int, int], ...]) -> str:
        if found == around.public:
            return "internet"
        if found in known:
            return known[found]
        # Several callers of one rule: their names, where these say all of it.
        left, parts = found, []
        for blocks, word in ((around.public, "internet"), *known.items()):
            if blocks and network.take_away(left, blocks) != left and not network.take_away(blocks, found):
                left = network.take_away(left, blocks)
                parts.append(word)
        return network.show_blocks(found) if left else ", ".join(parts)

    return name
