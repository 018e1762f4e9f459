"""Strategies for services that make sense: what they lean on is there, as far as one file can know.

The plain derivation of the shape (`strategies.services`) hardly ever draws a service that passes; these do
in most cases, so that what is drawn reaches the charts, the manifests and the rules.
"""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from generator.testing.minimal import CATEGORY
from generator.testing.strategies import field
from generator.testing.texts import plain_texts, texts, words

Json = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

NUMBERS = (80, 443, 8080, 9100)
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
    "lifecycle", "tolerations", "securityContext", "terminationGracePeriodSeconds", "workingDir", "docs", "slo", "alerts",
    "replicas", "affinity", "strategy", "labels", "annotations", "rbac", "called_by", "metrics", "priorityClassName",
)  # fmt: skip


@st.composite
def workloads(draw: Draw, others: Sequence[str] = ()) -> Json:
    """Draw a service that is a workload. `others` are services that it may call."""
    kind = draw(st.sampled_from(["Deployment"] * 4 + ["StatefulSet", "DaemonSet", "CronJob", "Job"]))
    served = kind not in ("CronJob", "Job")
    ports = draw(_ports()) if served else {}
    service: Json = {"summary": draw(words()), "category": CATEGORY, "image": draw(st.sampled_from(IMAGES))}
    if kind != "Deployment":
        service["kind"] = kind
    if kind == "CronJob":
        service["schedule"] = draw(st.sampled_from(["0 3 * * *", "*/5 * * * 1-5", "@daily"]))
    if ports:
        service["ports"] = ports
    if served:
        service["probes"] = draw(_probes(ports))
    service["resources"] = draw(_resources())
    for name, strategy in _parts(ports, others).items():
        if draw(_SELDOM):
            service[name] = draw(strategy)
    for name in draw(st.lists(st.sampled_from(_FROM_SHAPE), unique=True, max_size=2)):
        service.setdefault(name, draw(field(name)))
    return service


_SELDOM = st.integers(0, 9).map(lambda number: number >= 7)


def _parts(ports: Json, others: Sequence[str]) -> dict[str, st.SearchStrategy[Any]]:
    """Return what a workload may have besides, by field."""
    parts: dict[str, st.SearchStrategy[Any]] = {
        "env": _environment(ports),
        "args": st.lists(texts(), max_size=3),
        "command": st.lists(texts().filter(bool), min_size=1, max_size=2),
        "files": st.dictionaries(st.sampled_from(["/etc/a", "/etc/a b", "/etc/a_b", "/etc/x.yaml"]), _file(), max_size=2),
        "secrets": st.lists(st.sampled_from(["KEY", "TOKEN", "a.b"]), unique=True, max_size=2),
        "storage": st.dictionaries(st.sampled_from(["data", "cache", "x"]), _volume(), max_size=2),
        "talks_to": _calls(others),
        "needs": st.sampled_from([["postgres"], ["valkey"], ["bucket"], {"postgres": {"env": {"URL": "uri"}}}]),
        "components": st.dictionaries(st.sampled_from(["worker", "main", "x-y"]), _component(), max_size=1),
        "initContainers": st.dictionaries(st.sampled_from(["init", "sidecar"]), _init_container(), max_size=2),
        "labels": st.dictionaries(st.sampled_from(["example.net/team", "app"]), st.sampled_from(["a", "1", ""]), max_size=2),
        "annotations": st.dictionaries(st.sampled_from(["example.net/note", "b"]), plain_texts(), max_size=2),
        "replicas": st.integers(0, 3),
        "depends_on": st.lists(st.sampled_from([*others, "traefik"]), unique=True, max_size=2),
        "devices": st.sampled_from([{"tun": 1}, {"gpu": 1}]),
        "alerts": st.dictionaries(st.sampled_from(["Full", "TargetDown"]), _alert(), max_size=2),
        "namespace": st.sampled_from(["own", "trial", {"name": "own"}]),
        "exceptions": _exception(),
        "objects": st.dictionaries(st.sampled_from(["PriorityClass/x", "Lease/y"]), _object(), max_size=1),
        "patch": _patch(),
    }
    if ports:
        name = st.sampled_from(sorted(ports))
        parts |= {
            "expose": st.dictionaries(st.sampled_from(HOSTS), _exposed(name), max_size=2),
            "load_balancer": st.fixed_dictionaries(
                {
                    "ip": st.sampled_from(ADDRESSES),
                    "ports": st.lists(name, min_size=1, unique=True, max_size=2),
                    "from": st.sampled_from([["lan"], ["cluster", "internet"]]),
                }
            ),
            "metrics": st.fixed_dictionaries({"port": name}, optional={"path": st.just("/metrics?a=b&c={d}")}),
        }
    return parts


def _ports() -> st.SearchStrategy[Json]:
    number = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(["53/UDP", "80/TCP"]), st.integers(1, 65535))
    return st.dictionaries(st.sampled_from(["http", "metrics", "web", "1-a", "y"]), number, max_size=3)


def _probes(ports: Json) -> st.SearchStrategy[Any]:
    asked: list[st.SearchStrategy[Any]] = [st.builds(lambda why: {"none": why}, words())]
    tcp = [name for name, number in ports.items() if not str(number).endswith("UDP")]
    if tcp:
        asked += [st.sampled_from([f"tcp:{name}" for name in tcp])]
        asked += [st.sampled_from(tcp).map(lambda name: {"liveness": {"tcpSocket": {"port": name}, "periodSeconds": 7}})]
    if "http" in tcp:
        asked += [plain_texts().map(lambda text: "/" + text.replace("\n", ""))]
    asked += [texts().filter(bool).map(lambda text: {"readiness": {"exec": {"command": ["sh", "-c", text]}}})]
    return st.one_of(asked)


def _resources() -> st.SearchStrategy[Json]:
    amounts = [("10m", "32Mi", "64Mi"), ("1", "1Gi", "1Gi"), ("1500m", "100M", "1G"), (2, "1Gi", "2Gi")]
    return st.sampled_from(amounts).map(
        lambda amount: {"requests": {"cpu": amount[0], "memory": amount[1]}, "limits": {"memory": amount[2]}}
    )


def _environment(ports: Json) -> st.SearchStrategy[Json]:
    known = [f"${{port:self:{name}}}" for name in ports] + ["${site:zone}", "$(TZ)"]
    value = st.one_of(
        plain_texts(),
        st.sampled_from(known),
        st.integers(-(2**53), 2**53),
        st.booleans(),
        st.just({"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}),
    )
    return st.dictionaries(st.sampled_from(_VARIABLES), value, max_size=3)


def _file() -> st.SearchStrategy[Any]:
    return st.one_of(
        texts(),
        st.fixed_dictionaries({"text": texts()}, optional={"mode": st.sampled_from(["0444", "0755"])}),
        st.just({"secret": "FILE"}),
    )


def _volume() -> st.SearchStrategy[Json]:
    claim = st.fixed_dictionaries(
        {"size": st.sampled_from(_SIZES), "backup": st.sampled_from(["tier1", "tier3", "tier4"])},
        optional={"storageClassName": st.just("local"), "accessModes": st.just(["ReadWriteMany"])},
    )
    empty = st.sampled_from([{}, {"sizeLimit": "10Mi"}, {"medium": "Memory", "sizeLimit": "16Mi"}])
    kinds = st.one_of(claim, empty.map(lambda form: {"emptyDir": form}), st.just({"nfs": "media"}))
    mount = st.fixed_dictionaries(
        {"mountPath": st.sampled_from(_PATHS[1:])},
        optional={"readOnly": st.booleans(), "subPath": st.sampled_from(["a", "a b/c", "x:y"])},
    )
    return st.builds(lambda kind, where: {**kind, **where}, kinds, mount)


def _calls(others: Sequence[str]) -> st.SearchStrategy[Any]:
    services = st.lists(st.sampled_from([*others, "traefik:web", "kubernetes"]), unique=True, max_size=2)
    outside = {
        "internet": st.lists(st.sampled_from(["example.net", "*:53/UDP", "*.example.net:8443", "*"]), unique=True, max_size=2),
        "lan": st.lists(st.sampled_from(["nas:445", "lan:*", "10.0.10.5:80/UDP"]), unique=True, max_size=2),
        "nodes": st.just([10250]),
    }
    return st.one_of(services, st.fixed_dictionaries({}, optional={"services": services, **outside}))


def _component() -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {"image": st.sampled_from(IMAGES), "resources": _resources(), "probes": _probes({})},
        optional={"args": st.lists(texts(), max_size=2), "inherit": st.just(["env"]), "ports": st.just({"side": 7000})},
    )


def _init_container() -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {"image": st.sampled_from(IMAGES), "resources": _resources()},
        optional={"restartPolicy": st.just("Always"), "args": st.lists(texts(), max_size=2), "env": _environment({})},
    )


def _alert() -> st.SearchStrategy[Json]:
    own = st.fixed_dictionaries(
        {"expr": st.sampled_from(["up == 0", 'up{a="b"} > 1']), "severity": st.just("warning"), "summary": words()},
        optional={"for": st.just("5m")},
    )
    return st.one_of(own, words().map(lambda why: {"disabled": why}))


def _exposed(port: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    path = st.sampled_from(["/", "/api", "/a b", "/é"])
    one = {"gateway": st.just("lan"), "port": port}
    return st.one_of(
        st.just("lan"),
        st.fixed_dictionaries(one, optional={"path": path, "scheme": st.just("https")}),
        st.fixed_dictionaries({"gateway": st.just("lan"), "paths": st.dictionaries(path, port, min_size=1, max_size=2)}),
        st.fixed_dictionaries({**one, "gateway": st.just("internet"), "auth": st.sampled_from(["app", "oidc", "forward"])}),
    )


def _exception() -> st.SearchStrategy[Json]:
    allow = st.sampled_from([{"readOnlyRootFilesystem": False}, {"runAsUser": 0}, {"hostNetwork": True}])
    one = st.builds(lambda what, why: {"allow": what, "reason": why, "until": UNTIL}, allow, words())
    return one.map(lambda exception: {"x": exception})


def _object() -> st.SearchStrategy[Json]:
    return st.sampled_from(
        [
            {"apiVersion": "scheduling.k8s.io/v1", "value": 10, "description": "a: b"},
            {"apiVersion": "coordination.k8s.io/v1", "spec": {"holderIdentity": "yes"}},
        ]
    )


def _patch() -> st.SearchStrategy[Json]:
    merged = st.sampled_from(
        [{"spec": {"minReadySeconds": 10}}, {"metadata": {"annotations": {"example.net/x": "1e3"}}}, {"spec": {"paused": None}}]
    )
    return st.builds(lambda merge, why: {"Deployment/app": {"merge": merge, "reason": why}}, merged, words())
