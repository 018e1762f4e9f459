"""The two readings of the Pod Security Standards, in Rego and in Python, against each other."""

import random
from datetime import date
from typing import Any

from generator.policy import Context, Entry, ask, build_document, find_conftest, read_rules, to_bytes
from generator.policy.pod import pods_of
from generator.policy.pod_security import failed, level_of
from tests.policy.engine import POLICIES, TOOLS

# Checks of the standard -> the rule that covers them. Two checks of one rule are one verdict.
RULE_OF = {
    "hostNamespaces": "pods/host-namespaces",
    "privileged": "pods/privileged",
    "capabilities_baseline": "pods/capabilities",
    "capabilities_restricted": "pods/capabilities",
    "hostPathVolumes": "pods/host-path",
    "hostPorts": "pods/host-ports",
    "hostProbesAndHostLifecycle": "pods/host-probes",
    "appArmorProfile": "pods/app-armor",
    "seLinuxOptions": "pods/selinux",
    "procMount": "pods/proc-mount",
    "procMount_restricted": "pods/proc-mount",
    "seccompProfile_baseline": "pods/seccomp",
    "seccompProfile_restricted": "pods/seccomp",
    "sysctls": "pods/sysctls",
    "windowsHostProcess": "pods/windows-host-process",
    "restrictedVolumes": "pods/volume-types",
    "allowPrivilegeEscalation": "pods/privilege-escalation",
    "runAsNonRoot": "pods/run-as-non-root",
    "runAsUser": "pods/run-as-user",
}
MINORS = (34, 35, 36, 37)


def _maybe(chance: random.Random, **choices: list[Any]) -> dict[str, Any]:
    return {key: chance.choice(values) for key, values in choices.items() if chance.random() < 0.5}


def _context(chance: random.Random, of_pod: bool) -> dict[str, Any]:
    found = _maybe(
        chance,
        runAsNonRoot=[True, True, False],
        runAsUser=[0, 1000],
        seccompProfile=[{"type": "RuntimeDefault"}, {"type": "Localhost"}, {"type": "Unconfined"}],
        appArmorProfile=[{"type": "RuntimeDefault"}, {"type": "Unconfined"}],
        seLinuxOptions=[{"type": "container_t"}, {"type": "container_engine_t"}, {"type": "spc_t"}, {"user": "root"}],
        windowsOptions=[{"hostProcess": True}, {"hostProcess": False}],
    )
    if of_pod:
        names = ["kernel.shm_rmid_forced", "net.ipv4.tcp_rmem", "net.ipv4.tcp_notsent_lowat", "kernel.msgmax"]
        return found | _maybe(chance, sysctls=[[{"name": name, "value": "1"}] for name in names])
    capabilities = [{"drop": ["ALL"]}, {"drop": ["ALL"], "add": ["NET_RAW"]}, {"add": ["CHOWN"]}, {}]
    return found | _maybe(
        chance,
        privileged=[True, False],
        allowPrivilegeEscalation=[True, False, False],
        capabilities=capabilities,
        procMount=["Default", "Unmasked"],
    )


def _container(chance: random.Random, name: str) -> dict[str, Any]:
    probe = [{"httpGet": {"port": 1, "host": host}} for host in ("", "10.0.0.1")] + [{"exec": {"command": ["a"]}}]
    found = _maybe(
        chance,
        ports=[[{"containerPort": 1, "hostPort": 1}], [{"containerPort": 1, "hostPort": 0}], [{"containerPort": 1}]],
        livenessProbe=probe,
        lifecycle=[{"preStop": {"tcpSocket": {"port": 1, "host": "db"}}}, {"postStart": {"exec": {"command": ["a"]}}}],
    )
    return {"name": name, **found, "securityContext": _context(chance, of_pod=False)}


def _pod(chance: random.Random, number: int) -> dict[str, Any]:
    volumes: list[dict[str, Any]] = [
        {"emptyDir": {}},
        {"hostPath": {"path": "/"}},
        {"nfs": {"server": "a", "path": "/"}},
        {"csi": {}},
    ]
    spec = _maybe(
        chance,
        hostNetwork=[True, False],
        hostPID=[True, False],
        hostUsers=[False, True],
        os=[{"name": "linux"}, {"name": "windows"}],
        volumes=[[{"name": "v", **volume}] for volume in volumes],
        initContainers=[[_container(chance, "init")]],
    )
    annotation = {
        "container.apparmor.security.beta.kubernetes.io/app": chance.choice(["unconfined", "runtime/default"])
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"p{number}",
            "namespace": "x",
            **({"annotations": annotation} if number % 7 == 0 else {}),
        },
        "spec": {
            **spec,
            "securityContext": _context(chance, of_pod=True),
            "containers": [_container(chance, "app")],
        },
    }


def test_rego_and_python_agree_on_random_pods_at_every_version() -> None:
    chance = random.Random(20261121)
    pods = [_pod(chance, number) for number in range(250)]
    contexts = [Context(f"v{minor}", None, {"kubernetes": {"minor": minor}}) for minor in MINORS]
    document = build_document(
        contexts, [Entry(context.name, "a.yaml", pod) for context in contexts for pod in pods], date(2026, 1, 1)
    )
    rules = [rule for rule in read_rules(POLICIES) if rule.id in RULE_OF.values()]
    assert {rule.id for rule in rules} == set(RULE_OF.values())
    answer = ask(find_conftest(TOOLS), POLICIES, rules, {"pods": to_bytes(_one_version_each(document))})["pods"]
    refused: dict[tuple[str, str], set[str]] = {}
    for rule in rules:
        for finding in answer.found[rule.id]:
            name = finding["object"].partition(" at ")
            refused.setdefault((name[0].rpartition("/")[2], name[2]), set()).add(rule.id)
    for body in pods:
        (pod,) = pods_of(body)
        for minor in MINORS:
            checks = set(failed(pod, minor))
            if "hostPathVolumes" in checks:  # the restricted level says it once more, and we once
                checks.discard("restrictedVolumes")
            expected = {RULE_OF[check] for check in checks}
            assert refused.get((body["metadata"]["name"], f"v{minor}"), set()) == expected, (minor, body)


def _one_version_each(document: dict[str, Any]) -> dict[str, Any]:
    """Split every pod by version: the same pod may fail at one and pass at the next."""
    pods = [
        {**pod, "id": f"{pod['id']} at {name}", "environments": [name], "minors": [int(name[1:])]}
        for pod in document["pods"]
        for name in pod["environments"]
    ]
    return {**document, "pods": pods}


def test_levels() -> None:
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    good = {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "app", "securityContext": context}],
    }

    def level(**change: Any) -> str:
        (pod,) = pods_of({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {**good, **change}})
        return level_of(pod, 36)

    assert level() == "restricted"
    assert level(securityContext={}) == "baseline"
    assert level(hostNetwork=True) == "privileged"
    assert level(securityContext={}, hostUsers=False) == "baseline"  # seccomp is asked for all the same
