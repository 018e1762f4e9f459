"""What one service file says, typed: the model that every later step reads.

These are finished values: shorthands expanded, layers merged, defaults of the format filled in.
Quantities are integers (millicores, bytes). `tree` is the merged tree that a value came from; ask
it for the place of anything that has no place of its own. camelCase dicts are Kubernetes' own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from generator.finding import Place
from generator.source import Map

Json = dict[str, Any]
Form = Literal["workload", "chart", "postgres", "objects", "retired"]
WorkloadKind = Literal["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"]
PodSecurity = Literal["restricted", "baseline", "privileged"]
Protocol = Literal["TCP", "UDP"]
MAIN = "main"
HTTP = "http"


@dataclass(frozen=True, slots=True)
class Image:
    """`repository:tag@digest`; `registry` is the part of the repository before its first slash."""

    text: str
    repository: str
    tag: str
    digest: str | None
    place: Place

    @property
    def registry(self) -> str:
        return self.repository.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Port:
    """A container port and the equal port of the Service.

    `target` is set for upstream charts only: the name of the chart's own Service and its port.
    """

    name: str
    number: int
    protocol: Protocol
    place: Place
    target: str | None = None
    target_port: int | str | None = None


@dataclass(frozen=True, slots=True)
class Resources:
    """Requests and limits of one container. `raw` is the dict that Kubernetes gets."""

    cpu_request_m: int | None
    memory_request_bytes: int | None
    memory_limit_bytes: int | None
    raw: Json


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Variable or file from the secret store: key `key` of item `owner`.

    `owner` is `<domain>/<service>` or the name of a shared item. `object_key` is the key in the
    Secret of this service: KEY for its own, OWNER.KEY for another's. `template` is the text around
    the value, which stands as `{value}` and is escaped for URLs; None is the bare value.
    """

    owner: str
    key: str
    object_key: str
    place: Place
    template: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A text mounted at one path: from the service file, from `files/`, or from the secret store."""

    path: str
    mode: str
    place: Place
    text: str | None = None
    source: str | None = None
    secret: SecretRef | None = None


@dataclass(frozen=True, slots=True)
class Mount:
    volume: str
    path: str
    sub_path: str | None = None
    read_only: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """One container: the main one of a component, or one of its init containers and sidecars.

    `probes` maps startup, liveness and readiness to Kubernetes' probe; `no_probes` is the reason
    where the file refuses them. `env` is in file order: texts, or `{"valueFrom": …}`.
    """

    name: str
    image: Image
    tree: Map
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    working_dir: str | None = None
    lifecycle: Json | None = None
    env: Mapping[str, str | Json] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)
    ports: Mapping[str, Port] = field(default_factory=dict)
    probes: Mapping[str, Json] = field(default_factory=dict)
    no_probes: str | None = None
    resources: Resources | None = None
    security: Json = field(default_factory=dict)
    devices: Mapping[str, int] = field(default_factory=dict)
    sidecar: bool = False
    mounts: tuple[Mount, ...] = ()


VolumeForm = Literal["size", "nfs", "emptyDir", "hostPath", "existingClaim"]


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume of a pod. `form` says which of the optional fields are set."""

    name: str
    form: VolumeForm
    place: Place
    size_bytes: int | None = None
    size: str | None = None
    storage_class: str | None = None
    access_modes: tuple[str, ...] = ()
    tier: str | None = None
    before: tuple[str, ...] | None = None
    after: tuple[str, ...] | None = None
    share: str | None = None
    empty_dir: Json | None = None
    host_path: str | None = None
    host_path_type: str | None = None
    claim: str | None = None
    mount: Mount | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A service that is talked to, and the port by name (`http` where none was named)."""

    service: str
    port: str
    place: Place


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """A destination outside the cluster's services.

    `where` is a host name, `*` or `*.suffix` for the internet; a network, an address name, an IP
    or a CIDR for the LAN. `port` None means every port.
    """

    where: str
    port: int | None
    protocol: Protocol
    place: Place


@dataclass(frozen=True, slots=True)
class TalksTo:
    services: tuple[Call, ...] = ()
    kubernetes: Place | None = None
    internet: tuple[OutsideCall, ...] = ()
    lan: tuple[OutsideCall, ...] = ()
    nodes: tuple[OutsideCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone without a service file who calls a port: `who` is kubernetes, nodes or a network."""

    who: str
    port: str
    place: Place


NeedKind = Literal["postgres", "valkey", "bucket"]


@dataclass(frozen=True, slots=True)
class Need:
    """A database, key-value store or bucket of one's own. `env` maps a variable to a key of it."""

    kind: NeedKind
    env: Mapping[str, str]
    place: Place
    provider: str | None = None
    database: int | None = None
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metrics:
    """How a component is scraped; `bearer` is the secret that holds the token."""

    ports: tuple[str, ...]
    path: str
    interval: str | None
    scheme: str
    place: Place
    bearer: SecretRef | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """One typed exception from *restricted* and its kin; `allow` as in service-format §3."""

    name: str
    allow: Json
    reason: str
    until: str
    owner: str
    container: str
    place: Place


@dataclass(frozen=True, slots=True)
class Component:
    """One workload of a service. `workload` is the name of its objects.

    A service of form `chart` has one component without containers: it carries ports, edges and
    secrets of the chart's pods.
    """

    name: str
    workload: str
    kind: WorkloadKind
    tree: Map
    container: Container | None = None
    init_containers: Mapping[str, Container] = field(default_factory=dict)
    ports: Mapping[str, Port] = field(default_factory=dict)
    replicas: int = 1
    strategy: Json | None = None
    schedule: Json = field(default_factory=dict)
    volumes: Mapping[str, Volume] = field(default_factory=dict)
    talks_to: TalksTo = TalksTo()
    called_by: tuple[Caller, ...] = ()
    needs: Mapping[str, Need] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    metrics: Metrics | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Json, ...] = ()
    affinity: Json | None = None
    priority_class: str | None = None
    grace_period_s: int = 30
    rbac_cluster: tuple[Json, ...] = ()
    rbac_namespace: tuple[Json, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)

    @property
    def containers(self) -> tuple[Container, ...]:
        """The main container, then init containers and sidecars in order."""
        main = (self.container,) if self.container else ()
        return (*main, *self.init_containers.values())

    def allows(self, key: str) -> bool:
        """Say whether an exception of this component grants `key` (hostNetwork, …)."""
        return any(key in grant.allow for grant in self.grants.values())


@dataclass(frozen=True, slots=True)
class NamespaceWish:
    """The namespace that a service names for itself, with the level it declares."""

    name: str
    place: Place
    level: PodSecurity | None = None
    reason: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Expose:
    """A host on a gateway. `paths` maps a path prefix to the port that answers it."""

    host: str
    gateways: tuple[str, ...]
    paths: Mapping[str, str]
    auth: str | None
    place: Place
    scheme: str = "http"
    timeouts: Json | None = None
    body_size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class LoadBalancer:
    """`ip` is an address or `auto`; `ports` maps a port name to the number outside."""

    ip: str
    ports: Mapping[str, int]
    sources: tuple[str, ...]
    policy: str
    place: Place


@dataclass(frozen=True, slots=True)
class Alert:
    name: str
    place: Place
    expr: str | None = None
    for_: str | None = None
    severity: str | None = None
    summary: str | None = None
    runbook: str | None = None
    disabled: str | None = None


@dataclass(frozen=True, slots=True)
class Slo:
    name: str
    objective: float
    place: Place
    error_query: str | None = None
    total_query: str | None = None


@dataclass(frozen=True, slots=True)
class ChartPod:
    """What one component of an upstream chart will be; see service-format §7 `chart.pods`."""

    name: str
    kind: WorkloadKind
    replicas: int
    resources: Resources | None
    volumes: Mapping[str, Volume]
    host_network: bool
    ports: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Chart:
    """An upstream chart: from a repository by version, or from a Git tag and folder."""

    name: str | None
    repository: str | None
    version: str
    values: Json
    pods: Mapping[str, ChartPod]
    kinds: tuple[str, ...]
    place: Place
    git: str | None = None
    path: str | None = None
    skip_crds: bool = False
    writes_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Postgres:
    """A CloudNativePG cluster."""

    instances: int
    image: Image
    storage: Volume
    resources: Resources
    parameters: Mapping[str, str]
    preload: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Provided:
    """What a service offers to `needs`: the port and the secret key of its password."""

    kind: NeedKind
    port: str
    place: Place
    password: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    target: str
    merge: Json
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Retired:
    since: str
    reason: str
    successor: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of the catalogue, finished for one environment."""

    name: str
    domain: str
    tier: str
    path: str
    place: Place
    tree: Map
    form: Form
    summary: str
    category: str
    docs: str | None = None
    templates: tuple[str, ...] = ()
    namespace: NamespaceWish | None = None
    components: Mapping[str, Component] = field(default_factory=dict)
    expose: Mapping[str, Expose] = field(default_factory=dict)
    load_balancer: LoadBalancer | None = None
    depends_on: tuple[Call, ...] = ()
    alerts: Mapping[str, Alert] = field(default_factory=dict)
    dashboards: tuple[File, ...] = ()
    slos: Mapping[str, Slo] = field(default_factory=dict)
    chart: Chart | None = None
    postgres: Postgres | None = None
    provides: Mapping[str, Provided] = field(default_factory=dict)
    objects: Mapping[str, Json] = field(default_factory=dict)
    patches: Mapping[str, Patch] = field(default_factory=dict)
    retired: Retired | None = None

    @property
    def main(self) -> Component | None:
        return self.components.get(MAIN)

    @property
    def is_nothing(self) -> bool:
        """Whether no field says what the service is."""
        return self.form == "objects" and not self.objects

    def port(self, name: str) -> tuple[Component, Port] | None:
        """The port called `name`, and the component that has it."""
        for component in self.components.values():
            if name in component.ports:
                return component, component.ports[name]
        return None
