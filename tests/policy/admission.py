"""What the admission of Kubernetes' API server says of our own sample of pods, kept as a table.

`python -m tests.policy.admission` builds the program in `podsecurity/` out of k8s.io/pod-security-admission and writes
the table anew. The suite compares our two readings of the standard with the table; where the program can be built,
it compares the table with the program as well.
"""

import json
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.policy.test_pod_security import _pod
from tests.schema.kubernetes_reader import build, find_go

Json = dict[str, Any]
SOURCE = Path(__file__).parent / "podsecurity"
TABLE = Path(__file__).parent / "admission.jsonl"
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "podsecurity"
_RANDOM = 60
_SAFE: Json = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
# Each is laid over the whole pod that meets *restricted*; None takes a field away.
_OF_PODS: tuple[Json, ...] = (
    {},
    {"hostNetwork": True},
    {"hostPID": True},
    {"hostIPC": True},
    {"hostUsers": False},
    {"os": {"name": "windows"}},
    {"os": {"name": "linux"}},
    *({"volumes": [{"name": "v", kind: source}]} for kind, source in (
        ("configMap", {"name": "a"}), ("csi", {"driver": "a"}), ("downwardAPI", {}), ("emptyDir", {}),
        ("ephemeral", {}), ("image", {"reference": "a"}), ("persistentVolumeClaim", {"claimName": "a"}),
        ("projected", {}), ("secret", {"secretName": "a"}), ("hostPath", {"path": "/"}),
        ("nfs", {"server": "a", "path": "/"}), ("iscsi", {"targetPortal": "a", "iqn": "a", "lun": 1}),
        ("gitRepo", {"repository": "a"}), ("fc", {}), ("glusterfs", {"endpoints": "a", "path": "a"}),
    )),
)  # fmt: skip
# A volume without a source is left out: the API server makes it an emptyDir before its admission looks, which alone
# would refuse it. Each is laid over the security context of the pod.
_OF_POD_CONTEXTS: tuple[Json, ...] = (
    *({"sysctls": [{"name": name, "value": "1"}]} for name in (
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
        "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat", "kernel.msgmax", "net.core.somaxconn",
    )),
    {"supplementalGroups": [0]},
    {"fsGroup": 0},
)  # fmt: skip
# Each is laid over the security context of one container, and of the pod where that has the field.
_OF_CONTEXTS: tuple[Json, ...] = (
    {"privileged": True},
    {"privileged": False},
    {"allowPrivilegeEscalation": True},
    {"allowPrivilegeEscalation": None},
    {"capabilities": None},
    {"capabilities": {"drop": ["all"]}},
    {"capabilities": {"drop": ["NET_RAW"]}},
    *({"capabilities": {"drop": ["ALL"], "add": [name]}} for name in (
        "NET_BIND_SERVICE", "CHOWN", "SETPCAP", "NET_ADMIN", "SYS_ADMIN", "ALL", "CAP_CHOWN", "chown",
    )),
    {"procMount": "Default"},
    {"procMount": "Unmasked"},
    {"runAsNonRoot": False},
    {"runAsNonRoot": None},
    {"runAsUser": 0},
    {"runAsUser": 1000},
    *({"seccompProfile": profile} for profile in (None, {"type": "Localhost"}, {"type": "Unconfined"})),
    *({"appArmorProfile": {"type": kind}} for kind in ("RuntimeDefault", "Localhost", "Unconfined")),
    *({"seLinuxOptions": options} for options in (
        {}, {"type": "container_t"}, {"type": "container_init_t"}, {"type": "container_kvm_t"},
        {"type": "container_engine_t"}, {"type": "spc_t"}, {"user": "u"}, {"role": "r"}, {"level": "s0"},
    )),
    {"windowsOptions": {"hostProcess": True}},
    {"windowsOptions": {"hostProcess": False}},
)  # fmt: skip
_POD_HAS = ("runAsNonRoot", "runAsUser", "seccompProfile", "appArmorProfile", "seLinuxOptions", "windowsOptions")
# Each is laid over one container.
_ASKED: Json = {"port": 80}
_OF_CONTAINERS: tuple[Json, ...] = (
    {"ports": [{"containerPort": 80, "hostPort": 80}]},
    {"ports": [{"containerPort": 80, "hostPort": 0}]},
    *({probe: {"httpGet": _ASKED | {"host": host}}}
      for probe in ("livenessProbe", "readinessProbe", "startupProbe") for host in ("", "10.0.0.1")),
    {"livenessProbe": {"tcpSocket": _ASKED | {"host": "localhost"}}},
    {"lifecycle": {"preStop": {"httpGet": _ASKED | {"host": "127.0.0.1"}}}},
    {"lifecycle": {"postStart": {"tcpSocket": _ASKED}}},
)  # fmt: skip
_LISTS = ("containers", "initContainers", "ephemeralContainers")
_ANNOTATIONS = ("unconfined", "runtime/default", "localhost/x", "")


def sample() -> Iterator[Json]:
    """Yield pods: each way to leave the standard, in each place where it can stand, then random mixtures."""
    for fields in _OF_PODS:
        yield _made(spec=fields)
    for fields in _OF_POD_CONTEXTS:
        yield _made(whole=fields)
    for name in _LISTS:
        for fields in _OF_CONTAINERS:
            if name == "containers" or not ({"lifecycle"} & fields.keys() and name == "ephemeralContainers"):
                yield _made(kind=name, container=fields)
        for fields in _OF_CONTEXTS:
            yield _made(kind=name, context=fields)
    for fields in _OF_CONTEXTS:
        if set(fields) <= set(_POD_HAS):
            yield _made(whole=fields)
            yield _made(whole=fields, context=dict.fromkeys(fields))
    for value in _ANNOTATIONS:
        yield _made() | {"metadata": _meta({"container.apparmor.security.beta.kubernetes.io/app": value})}
    chance = random.Random(20261121)
    yield from (_pod(chance, number) for number in range(_RANDOM))


def _meta(annotations: Json | None = None) -> Json:
    return {"name": "p", "namespace": "x", **({"annotations": annotations} if annotations else {})}


def _laid(base: Json, fields: Json) -> Json:
    return {key: value for key, value in (base | fields).items() if value is not None}


def _made(
    *, spec: Json | None = None, whole: Json | None = None, kind: str = "containers",
    container: Json | None = None, context: Json | None = None,
) -> Json:  # fmt: skip
    changed = {"name": "app", **(container or {}), "securityContext": _laid(_SAFE, context or {})}
    safe = {"name": "other", "securityContext": _SAFE}
    lists = {"containers": [safe], kind: [changed]} if kind != "containers" else {"containers": [changed]}
    made = {"securityContext": _laid({}, whole or {}), **lists, **(spec or {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": _meta(), "spec": made}


def version() -> str:
    """Return the release of the module that the program is built of."""
    found = re.search(r"k8s.io/pod-security-admission (v\S+)", (SOURCE / "go.mod").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def verdicts(pods: list[Json], go: str) -> list[Json]:
    """Ask the program; it is built without the network."""
    text = "".join(f"{json.dumps(pod)}\n" for pod in pods)
    done = subprocess.run([build(go, CACHE, SOURCE)], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def rows(go: str) -> Iterator[str]:
    """Yield the lines of the table. What is the same for all versions stands once."""
    yield json.dumps({"source": f"k8s.io/pod-security-admission {version()}"})
    pods = list(sample())
    for pod, verdict in zip(pods, verdicts(pods, go), strict=True):
        several = list(verdict.values())
        short = {"all": several[0]} if all(one == several[0] for one in several) else verdict
        yield json.dumps({"pod": pod, **short}, separators=(",", ":"))


if __name__ == "__main__":
    command = find_go()
    assert command is not None, "there is no Go on this machine"
    TABLE.write_text("".join(f"{line}\n" for line in rows(command)), encoding="utf-8")
