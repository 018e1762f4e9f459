"""One environment, resolved: what runs, under which names, who talks to whom, who holds what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from generator.catalogue.inventory import Inventory
from generator.catalogue.service import Component, Json, PodSecurity, Protocol, Service
from generator.catalogue.site import Budget, Domain, Environment, Site
from generator.finding import Finding, Place

Reason = Literal["talks_to", "called_by", "needs", "dns", "gateway", "scrape", "probe", "load_balancer", "namespace"]


@dataclass(frozen=True, slots=True)
class Pods:
    """Pods by label in one namespace. Empty `labels` are all pods of the namespace.

    `service` and `component` name them; `host_network` pods have the address of their node, so no
    pod selector matches them.
    """

    namespace: str
    service: str
    component: str | None
    labels: Mapping[str, str] = field(hash=False)
    host_network: bool = False


@dataclass(frozen=True, slots=True)
class Internet:
    """Host names outside; `*` alone is every public address, `*.x` every name below x."""

    host: str


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses of the LAN. `name` is what the file called them."""

    name: str
    cidr: str


@dataclass(frozen=True, slots=True)
class ApiServer:
    """The Kubernetes API server: an entity for Cilium, addresses for plain policies."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes themselves (kubelets, host processes), by entity or by address."""


Endpoint = Pods | Internet | Range | ApiServer | Nodes


@dataclass(frozen=True, slots=True)
class EdgePort:
    """`number` None is every port of the protocol."""

    number: int | None
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Edge:
    """A permitted connection. `ports` are those of the target's pods, not of its Service.

    No ports at all mean every port of every protocol.
    """

    source: Endpoint
    target: Endpoint
    ports: tuple[EdgePort, ...]
    reason: Reason
    place: Place


@dataclass(frozen=True, slots=True)
class NotEnforced:
    """A connection that no policy can allow or deny, and why: NFS mounts, host-network pods, …"""

    what: str
    why: str
    place: Place


# VolSync's movers run beside the pods whose volumes they copy; no service file states them.
MOVER = "volsync-mover"
MOVER_LABELS: Mapping[str, str] = {"app.kubernetes.io/created-by": "volsync"}
# What one of them takes: our figure. They of one tier run at the same time, so quotas count each.
MOVER_RESOURCES: Json = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "256Mi"}}
ClaimScope = Literal["cluster", "site"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A hold on something unique: kind, what, and who holds it.

    Two claims with the same (scope, kind, key) by different holders collide: of scope `cluster`
    within one environment, of scope `site` across all. `holder` is printed; `details` are shown in
    the registries.
    """

    scope: ClaimScope
    kind: str
    key: str
    holder: str
    environment: str
    place: Place
    details: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace that we own, with its declared Pod Security level and its quota.

    `owner` is the domain; `service` is set where one service named the namespace. `upstream` says
    that a chart of others fills it (then a LimitRange of default requests only, and no quota).
    `quota` is in Kubernetes' words, None where none is written.
    """

    name: str
    domain: str
    level: PodSecurity
    place: Place
    service: str | None = None
    upstream: bool = False
    builtin: bool = False
    quota: Json | None = None
    reason: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class PersistentNfs:
    """An NFS PersistentVolume and its claim, named by what they point to."""

    name: str
    claim: str
    namespace: str
    service: str
    share: str
    server: str
    path: str
    size: str
    mount_options: tuple[str, ...]
    read_only: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Database:
    """A database and role of a service in a Postgres cluster of the fleet."""

    cluster: str
    name: str
    service: str
    secret_key: str
    extensions: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket that a person makes by hand at the provider."""

    provider: str
    name: str
    service: str
    place: Place


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """What the prober asks of a component that has no metrics.

    `module` is http_2xx with a URL as `target`, or tcp_connect with host:port.
    """

    service: str
    component: str
    module: str
    target: str
    port: EdgePort
    place: Place


@dataclass(frozen=True, slots=True)
class Need:
    """Resources that one domain's services need by the quota formula (architecture.md 26)."""

    cpu_m: int = 0
    memory_bytes: int = 0
    memory_limit_bytes: int = 0
    storage_bytes: int = 0


@dataclass(frozen=True)
class Fleet:
    """One environment resolved. Mappings are ordered by name unless they say otherwise.

    `services` are those that run here, with every reference filled in; `off` those that exist and
    do not run here; `retired` have a page only. `order` lists services so that each comes after
    what it depends on; `steps` is the length of the longest chain below each.
    """

    environment: Environment
    site: Site
    inventory: Inventory
    domains: Mapping[str, Domain]
    services: Mapping[str, Service]
    off: Mapping[str, Service]
    retired: Mapping[str, Service]
    namespaces: Mapping[str, Namespace]
    namespace_of: Mapping[str, str]
    edges: tuple[Edge, ...]
    not_enforced: tuple[NotEnforced, ...]
    claims: tuple[Claim, ...]
    order: tuple[str, ...]
    steps: Mapping[str, int]
    probes: tuple[ProbeTarget, ...]
    nfs: tuple[PersistentNfs, ...]
    databases: tuple[Database, ...]
    buckets: tuple[Bucket, ...]
    needs: Mapping[str, Need]
    namespace_needs: Mapping[str, Need]
    budgets: Mapping[str, Budget]
    edges_left_out: tuple[NotEnforced, ...] = ()
    findings: tuple[Finding, ...] = ()

    @cached_property
    def _by_domain(self) -> Mapping[str, tuple[Service, ...]]:
        found: dict[str, list[Service]] = {}
        for service in self.services.values():
            found.setdefault(service.domain, []).append(service)
        return {domain: tuple(services) for domain, services in found.items()}

    def services_of(self, domain: str) -> tuple[Service, ...]:
        """The services of a domain that run here."""
        return self._by_domain.get(domain, ())


def selector(service: Service, component: Component) -> dict[str, str]:
    """The frozen selector labels of a component's pods (architecture.md 7)."""
    return {
        "app.kubernetes.io/name": service.name,
        "app.kubernetes.io/instance": service.domain,
        "app.kubernetes.io/component": component.name,
    }
