"""What of the values could not be read, so that nobody says it is missing: its own finding says why.

A file with a fault is judged all the same, without the parts that are at fault. Whatever asks for
such a part, in this file or another one, would only repeat the fault in other words.
"""

from collections.abc import Iterable, Mapping

from generator.finding import Place
from generator.source import Map, Path, read_bytes

SITE = "values/site.yaml"
INVENTORY = "values/inventory"
# The service that is being built: whoever notes a fault there need not know its name.
HERE = "."
# A place without a path: what stands in for something that could not be read is nobody's fault.
_NOWHERE = Place("")
# Without an image a service would be nothing at all, and without a site nothing could be judged.
_IMAGE = "unread.invalid/unread:0"
_SITE_TEXT = b"""\
default_environment: unread
zone: unread.invalid
timezone: UTC
kubernetes: {version: "0", cluster_domain: unread.invalid, api: 0.0.0.0, pods: 0.0.0.0/32, services: 0.0.0.0/32}
backends: {routing: gateway-api, network_policy: kubernetes, load_balancer: metallb, secrets: external-secrets, backup: velero}
registries: []
networks: {}
address_pools: {}
storage: {default: unread, classes: {}}
backup: {destinations: {}, tiers: {}}
gateways: {}
secret_store: {kind: ClusterSecretStore, name: unread, refreshInterval: 1h, shared: [], provider: {}}
monitoring: {scraper: unread, interval: 60s}
argocd: {repoURL: "https://unread.invalid", targetRevision: unread}
"""  # noqa: E501
# Where the ports of a service may stand.
PORT_FIELDS = ("ports", "components", "initContainers")

Fields = frozenset[str]
NO_FIELDS: Fields = frozenset()
# What could not be read of each service, by its name, and of the site, a domain or a machine, by its file.
Gaps = Mapping[str, Fields]


def field_names(paths: Iterable[Path]) -> Fields:
    """Every field that stands on the way to a gap."""
    return frozenset(step for path in paths for step in path if isinstance(step, str))


def below(paths: Iterable[Path], *steps: str) -> tuple[Path, ...]:
    """The gaps below `steps`, seen from there."""
    return tuple(path[len(steps) :] for path in paths if path[: len(steps)] == steps and len(path) > len(steps))


def with_images(tree: Map, paths: Iterable[Path]) -> Map:
    """Put a stand-in wherever an image is missing that could not be read."""
    for path in paths:
        if path[-1] == "image":
            tree = _with_image(tree, path)
    return tree


def _with_image(tree: Map, path: Path) -> Map:
    head, rest = str(path[0]), path[1:]
    result = tree.copy()
    if not rest:
        if head not in tree:
            result.put(head, _IMAGE, _NOWHERE, _NOWHERE)
    elif isinstance(value := tree.get(head), Map):
        result.put(head, _with_image(value, rest), *tree.marks[head])
    return result


def complete_site(tree: Map) -> Map:
    """Put a stand-in wherever a site lacks what every site has."""
    result = tree.copy()
    for key, value in (stand_in := read_bytes("", _SITE_TEXT).tree).items():
        if key not in tree:
            result.put(key, value, *stand_in.marks[key])
    return result


def is_stand_in(place: Place) -> bool:
    """Whether what stands there is nobody's, but stands in for what could not be read."""
    return not place.path
