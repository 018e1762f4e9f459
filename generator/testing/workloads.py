"""Strategies for services that make sense: what they lean on is there, as far as one file can know.

The plain derivation of the shape (`strategies.services`) hardly ever draws a service that passes; these do
in most cases, so that what is drawn reaches the charts, the manifests and the rules.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from generator.testing.minimal import CATEGORY
from generator.testing.strategies import field
from generator.testing.texts import plain_texts, texts, words

Json = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

NUMBERS = (80, 443, 8080, 8443, 9000, 9100, 3000, 5000)
HOSTS = ("web", "app", "a.b", "files.example.org")
ADDRESSES = ("10.0.20.12", "10.0.20.13", "10.0.20.40", "auto")
IMAGES = (
    "docker.io/example/app:1.0.0",
    "ghcr.io/example/a/b:v2",
    "docker.io/library/x:0@sha256:" + "0123456789abcdef" * 4,
)
UNTIL = "2027-05-31"
_PATHS = ("/", "/data", "/config", "/a b", "/x_y", "/config/deep")
_VARIABLES = ("A", "B_C", "TZ", "_x", "a.b", "PATH", "yes", "NULL")
_SIZES = ("1Gi", "5Gi", "512Mi", "100Gi")
# Fields that Kubernetes alone reads: drawn from the shape, they are mostly right.
_FROM_SHAPE = (
    "lifecycle", "tolerations", "securityContext", "terminationGracePeriodSeconds", "workingDir", "docs", "slo",
    "alerts", "affinity", "strategy", "labels", "annotations", "rbac", "called_by", "metrics", "priorityClassName",
)  # fmt: skip


@st.composite
def workloads(draw: Draw, others: Sequence[str] = ()) -> Json:
    """Draw a service that is a workload. `others` are services that it may call."""
    kind = draw(_KINDS)
    served = kind not in ("CronJob", "Job")
    ports: Json = draw(_PORTS) if served else {}
    service: Json = {"summary": draw(_WORDS), "category": CATEGORY, "image": draw(_IMAGE)}
    if kind != "Deployment":
        service["kind"] = kind
    if kind == "CronJob":
        service["schedule"] = draw(_SCHEDULE)
    if ports:
        service["ports"] = ports
    if served:
        service["probes"] = draw(_probes(tuple(sorted(_of_tcp(ports)))))
    service["resources"] = draw(_RESOURCES)
    for name in draw(_FIELDS):
        if name in _ONLY_SERVED and not served:
            continue
        if name == "exceptions":
            service |= draw(_EXCEPTION)
        elif name in _PARTS:
            service[name] = draw(_PARTS[name])
        elif name == "calls":
            service |= {key: value for key, value in draw(_calls(tuple(others))).items() if value}
        elif ports:
            service |= draw(_reached(tuple(sorted(ports))))
    for name in draw(_MORE_FIELDS):
        service.setdefault(name, draw(field(name)))
    return service


def _of_tcp(ports: Json) -> list[str]:
    return [name for name, number in ports.items() if not str(number).endswith("UDP")]


@cache
def _probes(tcp: tuple[str, ...]) -> st.SearchStrategy[Any]:
    asked: list[st.SearchStrategy[Any]] = [st.builds(lambda why: {"none": why}, _WORDS)]
    if tcp:
        asked += [st.sampled_from([f"tcp:{name}" for name in tcp])]
        asked += [
            st.sampled_from(tcp).map(lambda name: {"liveness": {"tcpSocket": {"port": name}, "periodSeconds": 7}})
        ]
    if "http" in tcp:
        asked += [plain_texts().map(lambda text: "/" + text.replace("\n", ""))]
    asked += [texts().filter(bool).map(lambda text: {"readiness": {"exec": {"command": ["sh", "-c", text]}}})]
    return st.one_of(asked)


@cache
def _calls(others: tuple[str, ...]) -> st.SearchStrategy[Json]:
    services = st.lists(st.sampled_from([*others, "traefik:web", "kubernetes"]), unique=True, max_size=2)
    outside = {
        "internet": st.lists(
            st.sampled_from(["example.net", "*:53/UDP", "*.example.net:8443", "*"]), unique=True, max_size=2
        ),
        "lan": st.lists(st.sampled_from(["nas:445", "lan:*", "10.0.10.5:80/UDP"]), unique=True, max_size=2),
        "nodes": st.just([10250]),
    }
    calls = st.one_of(services, st.fixed_dictionaries({}, optional={"services": services, **outside}))
    before = st.lists(st.sampled_from([*others, "traefik"]), unique=True, max_size=1)
    return st.fixed_dictionaries({"talks_to": calls}, optional={"depends_on": before})


@cache
def _reached(ports: tuple[str, ...]) -> st.SearchStrategy[Json]:
    """What makes ports reachable, one of them or several."""
    name = st.sampled_from(ports)
    path = st.sampled_from(["/", "/api", "/a b", "/é"])
    one = {"gateway": st.just("lan"), "port": name}
    exposed = st.one_of(
        st.fixed_dictionaries(one, optional={"path": path, "scheme": st.just("https")}),
        st.fixed_dictionaries(
            {"gateway": st.just("lan"), "paths": st.dictionaries(path, name, min_size=1, max_size=2)}
        ),
        st.fixed_dictionaries(
            {**one, "gateway": st.just("internet"), "auth": st.sampled_from(["app", "oidc", "forward"])}
        ),
    )
    balancer = st.fixed_dictionaries(
        {
            "ip": st.sampled_from(ADDRESSES),
            "ports": st.lists(name, min_size=1, unique=True, max_size=2),
            "from": st.sampled_from([["lan"], ["cluster", "internet"]]),
        }
    )
    scraped = st.fixed_dictionaries({"port": name}, optional={"path": st.just("/metrics?a=b&c={d}")})
    own = st.sampled_from([{"SELF": f"${{port:self:{port}}}"} for port in ports])
    parts = {
        "expose": st.dictionaries(st.sampled_from(HOSTS), exposed, min_size=1, max_size=2),
        "load_balancer": balancer,
        "metrics": scraped,
        "env": own,
    }
    return st.one_of([st.fixed_dictionaries({key: value}) for key, value in parts.items()])


def _below(level: str) -> Json:
    """A namespace of its own that grants more than *restricted*."""
    return {"name": "own", "pod_security": {"level": level, "reason": "tried", "until": UNTIL}}


_ONLY_SERVED = frozenset({"replicas", "reached"})
_WORDS = words()
_TEXTS = texts()
# A whole file, or the summary of an alert, that is just this reaches Helm's toYaml, which leaves it plain; the schema
# stage says so, with its line, after charts are written. Not worth refusing where no reader is misled.
_OF_A_FILE = _TEXTS.filter(lambda text: text not in ("=", "<<"))
_IMAGE = st.sampled_from(IMAGES)
_KINDS = st.sampled_from(["Deployment"] * 4 + ["StatefulSet", "DaemonSet", "CronJob", "Job"])
_SCHEDULE = st.sampled_from(["0 3 * * *", "*/5 * * * 1-5", "@daily"])
_NUMBER = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(["53/UDP", "80/TCP"]), st.integers(1, 65535))
_PORTS = st.builds(
    lambda http, others: {**http, **others},
    st.sampled_from([{"http": 80}, {"http": 8000}, {}]),
    st.dictionaries(st.sampled_from(["http", "metrics", "web", "1-a"]), _NUMBER, max_size=2),
)
_RESOURCES = st.sampled_from(
    [("10m", "32Mi", "64Mi"), ("1", "1Gi", "1Gi"), ("1500m", "100M", "1G"), (2, "1Gi", "2Gi")]
).map(lambda amount: {"requests": {"cpu": amount[0], "memory": amount[1]}, "limits": {"memory": amount[2]}})
_VALUE = st.one_of(
    plain_texts(),
    st.sampled_from(["${site:zone}", "$(TZ)", "$${x}"]),
    st.integers(-(2**53), 2**53),
    st.booleans(),
    st.just({"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}),
)
_ENVIRONMENT = st.dictionaries(st.sampled_from(_VARIABLES), _VALUE, max_size=3)
_ARGUMENTS = st.lists(_TEXTS, max_size=3)
_FILE = st.one_of(
    _OF_A_FILE,
    st.fixed_dictionaries({"text": _OF_A_FILE}, optional={"mode": st.sampled_from(["0444", "0755"])}),
    st.just({"secret": "FILE"}),
)
_CLAIM = st.fixed_dictionaries(
    {"size": st.sampled_from(_SIZES), "backup": st.sampled_from(["tier1", "tier3", "tier4"])},
    optional={"storageClassName": st.just("local"), "accessModes": st.just(["ReadWriteMany"])},
)
_SCRATCH = st.sampled_from([{}, {"sizeLimit": "10Mi"}, {"medium": "Memory", "sizeLimit": "16Mi"}])
_MOUNT = st.fixed_dictionaries(
    {"mountPath": st.sampled_from(_PATHS[1:])},
    optional={"readOnly": st.booleans(), "subPath": st.sampled_from(["a", "a b/c", "x:y"])},
)
_VOLUME = st.builds(
    lambda kind, where: {**kind, **where},
    st.one_of(_CLAIM, _SCRATCH.map(lambda form: {"emptyDir": form}), st.just({"nfs": "media"})),
    _MOUNT,
)
_COMPONENT = st.fixed_dictionaries(
    {"image": _IMAGE, "resources": _RESOURCES, "probes": _probes(())},
    optional={"args": _ARGUMENTS, "inherit": st.just(["env"]), "ports": st.just({"side": 7000})},
)
_INIT_CONTAINER = st.fixed_dictionaries(
    {"image": _IMAGE, "resources": _RESOURCES},
    optional={"restartPolicy": st.just("Always"), "args": _ARGUMENTS, "env": _ENVIRONMENT},
)
_ALERT = st.one_of(
    st.fixed_dictionaries(
        {
            "expr": st.sampled_from(["up == 0", 'up{a="b"} > 1']),
            "severity": st.just("warning"),
            "summary": _WORDS.filter(lambda text: text not in ("=", "<<")),
        },
        optional={"for": st.just("5m")},
    ),
    _WORDS.map(lambda why: {"disabled": why}),
)
_EXCEPTION = st.builds(
    lambda allowed, why: {"exceptions": {"x": {"allow": allowed[0], "reason": why, "until": UNTIL}}, **allowed[1]},
    st.sampled_from(
        [
            ({"readOnlyRootFilesystem": False}, {}),
            ({"runAsUser": 0}, {"namespace": _below("baseline")}),
            ({"runAsUser": 0}, {"namespace": _below("privileged")}),
            ({"hostNetwork": True}, {"namespace": _below("privileged")}),
            ({"hostNetwork": True}, {}),
        ]
    ),
    _WORDS,
)
_OBJECTS = st.sampled_from(
    [
        {"PriorityClass/x": {"apiVersion": "scheduling.k8s.io/v1", "value": 10, "description": "a: b"}},
        {"Lease/y": {"apiVersion": "coordination.k8s.io/v1", "spec": {"holderIdentity": "yes"}}},
    ]
)
_PATCH = st.builds(
    lambda merge, why: {"Deployment/app": {"merge": merge, "reason": why}},
    st.sampled_from(
        [
            {"spec": {"minReadySeconds": 10}},
            {"metadata": {"annotations": {"example.net/x": "1e3"}}},
            {"spec": {"paused": None}},
        ]
    ),
    _WORDS,
)
_LABEL_KEYS = st.sampled_from(["example.net/team", "app"])
# What a workload may have besides, whatever else it has.
_PARTS: dict[str, st.SearchStrategy[Any]] = {
    "env": _ENVIRONMENT,
    "args": _ARGUMENTS,
    "command": st.lists(_TEXTS.filter(bool), min_size=1, max_size=2),
    "files": st.dictionaries(st.sampled_from(["/etc/a", "/etc/a b", "/etc/a_b", "/etc/x.yaml"]), _FILE, max_size=2),
    "secrets": st.lists(st.sampled_from(["KEY", "TOKEN", "a.b"]), unique=True, max_size=2),
    "storage": st.dictionaries(st.sampled_from(["data", "cache", "x"]), _VOLUME, max_size=2),
    "needs": st.sampled_from([["postgres"], ["valkey"], ["bucket"], {"postgres": {"env": {"URL": "uri"}}}]),
    "components": st.dictionaries(st.sampled_from(["worker", "main", "x-y"]), _COMPONENT, min_size=1, max_size=1),
    "initContainers": st.dictionaries(st.sampled_from(["init", "sidecar"]), _INIT_CONTAINER, min_size=1, max_size=2),
    "labels": st.dictionaries(_LABEL_KEYS, st.sampled_from(["a", "1", ""]), max_size=2),
    "annotations": st.dictionaries(_LABEL_KEYS, plain_texts(), max_size=2),
    "replicas": st.integers(0, 3),
    "devices": st.sampled_from([{"tun": 1}, {"gpu": 1}]),
    "alerts": st.dictionaries(st.sampled_from(["Full", "TargetDown"]), _ALERT, min_size=1, max_size=2),
    "namespace": st.sampled_from(["own", "trial", {"name": "own"}]),
    "objects": _OBJECTS,
    "patch": _PATCH,
}
_FIELDS = st.lists(
    st.sampled_from([*_PARTS, "exceptions", "calls", "calls", "reached", "reached", "reached"]),
    max_size=5,
    unique=False,
)
_MORE_FIELDS = st.sampled_from([[]] * 3 + [[name] for name in _FROM_SHAPE])
