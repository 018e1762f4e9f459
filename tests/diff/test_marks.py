"""Marks of single objects, for what the small fleet does not have."""

from typing import Any

import pytest

from generator.diff.change import Field, Mark, Pairing, differing, pair
from generator.diff.mark import marks_of
from generator.diff.privilege import privileges
from generator.diff.reach import widened
from generator.diff.state import Owned, State
from generator.finding import Place
from generator.pipeline.frozen import identity
from generator.source import Map
from tests.network.objects import by_label, cilium, namespace, plain, pod

Object = dict[str, Any]
_SAFE = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
    "capabilities": {"drop": ["ALL"]},
}


def marks(before: list[Object], after: list[Object]) -> list[Mark]:
    sides = [{identity(item): item for item in side} for side in (before, after)]
    return list(marks_of(Pairing("media/web", *sides), "prod", Map(Place("values/moves.yaml"))))


def item(kind: str, spec: Object | None = None, **more: Any) -> Object:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x", "namespace": "a"}, "spec": spec or {}} | more


def service(kind: str, *ranges: str, port: int = 80) -> Object:
    spec: Object = {"type": kind, "ports": [{"port": port}]}
    return item("Service", spec | ({"loadBalancerSourceRanges": list(ranges)} if ranges else {}))


def route(*hosts: str, gateway: str = "lan") -> Object:
    return item("HTTPRoute", {"hostnames": list(hosts), "parentRefs": [{"name": gateway, "namespace": "door"}]})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            [],
            [item("Ingress", {"rules": [{"host": "a.org"}, {}]})],
            ["Ingress/a/x answers for * by Ingress", "Ingress/a/x answers for a.org by Ingress"],
        ),
        ([route("a.org")], [route("a.org", "b.org")], ["HTTPRoute/a/x answers for b.org at gateway door/lan"]),
        (
            [route("a.org")],
            [route("a.org", gateway="internet")],
            ["HTTPRoute/a/x answers for a.org at gateway door/internet"],
        ),
        ([], [route()], ["HTTPRoute/a/x answers for every host at gateway door/lan"]),
        ([route("a.org")], [route("a.org")], []),
        ([service("ClusterIP")], [service("NodePort")], ["Service/a/x answers on every node on 80/TCP"]),
        (
            [service("LoadBalancer", "10.0.0.0/8")],
            [service("LoadBalancer", "10.0.0.0/8", "192.168.0.0/16")],
            ["Service/a/x answers to 192.168.0.0/16 as well"],
        ),
        ([service("LoadBalancer", "10.0.0.0/8")], [service("LoadBalancer", "10.1.0.0/16")], []),
        (
            [service("LoadBalancer")],
            [service("LoadBalancer", port=81)],
            ["Service/a/x answers at a load-balancer address on 81/TCP"],
        ),
    ],
)
def test_exposure(before: list[Object], after: list[Object], expected: list[str]) -> None:
    assert marks(before, after) == [Mark("exposure", reason) for reason in expected]


def _application(where: str) -> Object:
    return item("Application", {"destination": {"namespace": where}})


def test_an_application_that_moves_takes_everything_along() -> None:
    assert marks([_application("one")], [_application("two")]) == [
        Mark("namespace", "Application/a/x moves from namespace one to two, with everything that it installs")
    ]


def test_a_workload_without_claims_moves_alone() -> None:
    spec = {"selector": {}, "template": {"spec": {"automountServiceAccountToken": False}}}
    old, new = item("Deployment", spec), item("Deployment", spec, metadata={"name": "x", "namespace": "b"})
    assert marks([old], [new]) == [Mark("namespace", "Deployment x moves from namespace a to b")]


def _claim(**labels: str) -> Object:
    spec = {"resources": {"requests": {"storage": "1Gi"}}}
    return item("PersistentVolumeClaim", spec, metadata={"name": "x", "namespace": "a", "labels": labels})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"chartroom/backup": "tier1"}, {}, ["PersistentVolumeClaim/a/x leaves tier1 and is in no tier"]),
        ({"chartroom/backup": "tier1"}, {"chartroom/backup": "tier1"}, []),
        ({"chartroom/backup": "tier2"}, {"chartroom/backup": "tier1"}, []),
        ({}, {"chartroom/backup": "tier1"}, []),
    ],
)
def test_backup_tiers(before: dict[str, str], after: dict[str, str], expected: list[str]) -> None:
    assert marks([_claim(**before)], [_claim(**after)]) == [Mark("backup", reason) for reason in expected]


def test_a_postgres_cluster_that_loses_its_backup() -> None:
    old, new = item("Cluster", {"backup": {"volumeSnapshot": {}}}), item("Cluster")
    assert marks([old], [new]) == [Mark("backup", "Cluster/a/x no longer has its backup")]


def test_an_nfs_volume_under_another_name_is_no_loss() -> None:
    nfs = {"nfs": {"server": "10.0.0.1", "path": "/x"}}
    old = {"kind": "PersistentVolume", "metadata": {"name": "old"}, "spec": nfs}
    new = {"kind": "PersistentVolume", "metadata": {"name": "new"}, "spec": nfs}
    assert marks([old], [new]) == []
    assert marks([old], []) == [
        Mark("volume", "PersistentVolume/old is dropped: nothing manages what it holds any more")
    ]


def _pod(security: Object, **spec: Any) -> Object:
    container = {"name": "c", "securityContext": _SAFE | security}
    return item("Pod", {"automountServiceAccountToken": False, "containers": [container]} | spec)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (_pod({}), set()),
        (_pod({"privileged": True}), {"container c is privileged"}),
        (_pod({"allowPrivilegeEscalation": None}), {"container c may escalate its privileges"}),
        (_pod({"readOnlyRootFilesystem": False}), {"container c may write to its root file system"}),
        (_pod({"runAsNonRoot": None}), {"container c may run as root"}),
        (_pod({"runAsNonRoot": None}, securityContext={"runAsNonRoot": True}), set()),
        (_pod({"runAsUser": 0}), {"container c runs as user 0"}),
        (_pod({"seccompProfile": {"type": "Unconfined"}}), {"container c runs without a seccomp profile"}),
        (
            _pod({"capabilities": {"add": ["NET_ADMIN"]}}),
            {"container c has NET_ADMIN", "container c keeps its default capabilities"},
        ),
        (_pod({}, hostNetwork=True, hostPID=True), {"hostNetwork: true", "hostPID: true"}),
        (_pod({}, automountServiceAccountToken=True), {"mounts the token of service account default"}),
        (_pod({}, volumes=[{"hostPath": {"path": "/var/log"}}, {"emptyDir": {}}]), {"mounts the node's /var/log"}),
        (
            _pod(
                {},
                containers=[{"name": "c", "securityContext": _SAFE, "ports": [{"hostPort": 53}, {"containerPort": 1}]}],
            ),
            {"container c takes port 53 of its node"},
        ),
        (
            item(
                "CronJob",
                {
                    "jobTemplate": {
                        "spec": {"template": {"spec": {"hostIPC": True, "automountServiceAccountToken": False}}}
                    }
                },
            ),
            {"hostIPC: true"},
        ),
        (item("ConfigMap"), set()),
        (_pod({"appArmorProfile": {"type": "RuntimeDefault"}, "procMount": "Default"}), set()),
        (
            _pod({"appArmorProfile": {"type": "Unconfined"}, "procMount": "Unmasked"}),
            {"container c chooses its appArmorProfile: type Unconfined", "container c has procMount Unmasked"},
        ),
        (
            _pod({}, securityContext={"seLinuxOptions": {"type": "spc_t", "user": "u"}}),
            {"container c chooses its seLinuxOptions: type spc_t, user u"},
        ),
        (
            _pod({}, securityContext={"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
            {"sets kernel.msgmax of the kernel"},
        ),
        (
            item(
                "ClusterRole", rules=[{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"]}]
            ),
            {"get apps/deployments", "list apps/deployments"},
        ),
        (item("ClusterRole", rules=[{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]), {"get /metrics"}),
        (
            item(
                "RoleBinding", roleRef={"kind": "Role", "name": "r"}, subjects=[{"kind": "ServiceAccount", "name": "s"}]
            ),
            {"ServiceAccount s gets Role r"},
        ),
        (namespace("n"), {"baseline", "privileged"}),
        (namespace("n", **{"pod-security.kubernetes.io/enforce": "restricted"}), set()),
    ],
)
def test_privileges(body: Object, expected: set[str]) -> None:
    assert privileges(body) == expected


def _role(*rules: Object) -> Object:
    return item("Role", rules=list(rules))


def _rule(verb: str = "get", group: str = "", resource: str = "secrets", *names: str) -> Object:
    rule: Object = {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
    return rule | ({"resourceNames": list(names)} if names else {})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (_rule("get", "", "secrets", "a"), _rule("get", "", "secrets", "a", "b"), ["may get secrets called b"]),
        (_rule("get", "", "secrets", "a"), _rule(), ["may get secrets"]),
        (_rule(), _rule("get", "", "secrets", "a"), []),
        (_rule("*"), _rule("list"), []),
        (_rule("get", "*", "*"), _rule(), []),
        (_rule(), _rule("*"), ["may * secrets"]),
        (_rule("get", "apps", "*"), _rule("get", "apps", "deployments/scale"), []),
        (_rule("get", "apps", "*"), _rule("get", "batch", "jobs"), ["may get batch/jobs"]),
    ],
)
def test_role_gains_what_no_rule_of_it_covered(before: Object, after: Object, expected: list[str]) -> None:
    found = marks([_role(before)], [_role(after)])
    assert found == [Mark("privilege", f"Role/a/x: {said}") for said in expected]


_HERE = "https://kubernetes.default.svc"


def _project(**spec: Any) -> Object:
    permitted = {
        "sourceRepos": ["https://git.example.net/fleet.git"],
        "destinations": [{"server": _HERE, "namespace": "media"}],
        "clusterResourceWhitelist": [],
        "clusterResourceBlacklist": [{"group": "", "kind": "Namespace"}],
        "namespaceResourceWhitelist": [{"group": "apps", "kind": "Deployment"}],
    }
    return item("AppProject", {key: value for key, value in (permitted | spec).items() if value is not None})


def _of(group: str, *kinds: str) -> list[Object]:
    return [{"group": group, "kind": kind} for kind in kinds]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"sourceRepos": []}, []),
        ({"sourceRepos": ["https://git.example.net/fleet.git", "*"]}, ["may deploy from *"]),
        ({"destinations": [{"server": _HERE, "namespace": "*"}]}, [f"may deploy to namespace * of {_HERE}"]),
        ({"destinations": [{"name": "other", "namespace": "media"}]}, ["may deploy to namespace media of other"]),
        ({"sourceNamespaces": ["media"]}, ["may have Applications in namespace media"]),
        (
            {"clusterResourceWhitelist": [{"group": "*", "kind": "*"}]},
            ["may create, for the whole cluster, */*"],
        ),
        (
            {"clusterResourceWhitelist": [{"group": "", "kind": "PersistentVolume", "name": "x"}]},
            ["may create, for the whole cluster, core/PersistentVolume x"],
        ),
        ({"clusterResourceBlacklist": []}, ["is no longer denied core/Namespace"]),
        ({"namespaceResourceWhitelist": None}, ["may create every kind in a namespace"]),
        (
            {"namespaceResourceWhitelist": _of("apps", "Deployment", "A", "B", "C", "D", "E")},
            ["may create apps/A, apps/B, apps/C, apps/D and 1 more"],
        ),
        ({"roles": [{"name": "ci", "policies": ["p, proj:media:ci, *, *, allow"], "groups": ["staff"]}]},
         ["gives role ci p, proj:media:ci, *, *, allow, role ci to group staff"]),
    ],
)  # fmt: skip
def test_project_gains_what_it_did_not_permit(change: Object, expected: list[str]) -> None:
    found = marks([_project()], [_project(**change)])
    assert found == [Mark("privilege", f"AppProject/a/x: {said}") for said in expected]


def test_project_that_permitted_more_gains_nothing() -> None:
    wide = _project(
        sourceRepos=["*"],
        destinations=[{"server": _HERE, "namespace": "*"}],
        clusterResourceWhitelist=[{"group": "*", "kind": "*"}],
        namespaceResourceWhitelist=None,
        signatureKeys=[{"keyID": "4AEE18F83AFDEB23"}],
    )
    narrow = _project(clusterResourceWhitelist=_of("", "PersistentVolume"))
    assert marks([wide], [narrow]) == [
        Mark("privilege", "AppProject/a/x: no longer asks for commits signed by 4AEE18F83AFDEB23")
    ]


def test_new_project_is_told_as_a_whole() -> None:
    assert [mark.reason for mark in marks([], [_project()])] == [
        "AppProject/a/x: may deploy from https://git.example.net/fleet.git",
        f"AppProject/a/x: may deploy to namespace media of {_HERE}",
        "AppProject/a/x: may create apps/Deployment",
    ]


def test_application_that_moves_to_another_project_is_told() -> None:
    old, new = (item("Application", {"project": name, "destination": {"namespace": "a"}}) for name in ("one", "two"))
    assert marks([old], [new]) == [Mark("privilege", "Application/a/x: leaves project one for two")]
    assert marks([], [new]) == []


def test_a_namespace_that_admits_more_is_told_by_its_loosest_level() -> None:
    label = "pod-security.kubernetes.io/enforce"
    strict, loose = namespace("n", **{label: "restricted"}), namespace("n", **{label: "privileged"})
    assert marks([strict], [loose]) == [Mark("privilege", "Namespace/n: admits privileged pods")]
    assert marks([loose], [strict]) == []


def _reach(*items: Object) -> list[Owned]:
    return [Owned(f"media/{body['metadata']['name']}", body) for body in items]


_BASE = [namespace("a"), pod("a", "web"), pod("a", "work"), plain("a", "deny", policyTypes=["Ingress", "Egress"])]
_IN = plain("a", "in", podSelector=by_label(app="work"), ingress=[{"from": [{"podSelector": by_label(app="web")}]}])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (_BASE, _BASE, []),
        (
            _BASE,
            _BASE[:3],
            [
                ("media/web", "exposure", "no policy isolates a/web for ingress any more: anybody may call it"),
                ("media/web", "egress", "no policy isolates a/web for egress any more: it may call anybody"),
                ("media/work", "exposure", "no policy isolates a/work for ingress any more: anybody may call it"),
                ("media/work", "egress", "no policy isolates a/work for egress any more: it may call anybody"),
            ],
        ),
        (_BASE[:3], _BASE, []),
        (_BASE, [*_BASE, _IN], [("media/work", "exposure", "a/web may call a/work on every port")]),
        ([*_BASE, _IN], _BASE, []),
        (
            _BASE,
            [*_BASE, cilium("a", "all", endpointSelector=by_label(app="web"), egress=[{"toEntities": ["world"]}])],
            [
                ("media/web", "egress", "a/web may call every public address on every port"),
            ],
        ),
        (
            [namespace("up"), plain("up", "deny")],
            [
                namespace("up"),
                plain("up", "deny"),
                plain("up", "in", ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/24"}}]}]),
            ],
            [
                ("media/in", "exposure", "10.0.0.0/24 may call all pods of up on every port"),
            ],
        ),
        (
            [namespace("up"), plain("up", "deny")],
            [namespace("up"), plain("up", "deny", policyTypes=["Egress"])],
            [
                ("media/up", "exposure", "no policy isolates all pods of up for ingress any more: anybody may call it"),
            ],
        ),
    ],
)
def test_policies_that_let_more_through(
    before: list[Object], after: list[Object], expected: list[tuple[str, str, str]]
) -> None:
    found = [(owner, mark.kind, mark.reason) for owner, mark in widened(_reach(*before), _reach(*after))]
    assert found == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1, "b": None}, [Field("b", None, "null")]),
        ({"a": {"b.c": 1}}, {"a": {}}, [Field('a["b.c"]', "1", None)]),
        ({"a": [1, 2]}, {"a": [1, 3]}, [Field("a[1]", "2", "3")]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [Field("a", "2 items", "2 items, the same ones in another order or number")]),
        ({"a": [1]}, {"a": [2, 3]}, [Field("a[]", "1", None), Field("a[]", None, "2"), Field("a[]", None, "3")]),
        (
            {"a": [{"name": "x", "v": 1}]},
            {"a": [{"name": "x", "v": 2}, {"name": "y"}]},
            [Field("a[x].v", "1", "2"), Field("a[y]", None, '{"name": "y"}')],
        ),
        ({"a": "one\ntwo"}, {"a": "x" * 200}, [Field("a", "one⏎two", "x" * 99 + "…")]),
        ({"a": [1]}, {"a": {"b": 1}}, [Field("a", "[1]", '{"b": 1}')]),
    ],
)
def test_fields_that_differ(old: Object, new: Object, expected: list[Field]) -> None:
    assert list(differing(old, new)) == expected


def test_an_object_that_changes_its_owner_is_compared_with_itself() -> None:
    found = pair([Owned("a/one", item("ConfigMap"))], [Owned("a/two", item("ConfigMap", {"x": 1}))])
    assert [(entry.owner, [change.sign for change in entry.changes()]) for entry in found] == [("a/two", ["~"])]


def test_environments_are_the_folders_below_kubernetes() -> None:
    texts = dict.fromkeys(["kubernetes/README.md", "kubernetes/prod/root.yaml", "charts/a/Chart.yaml"], "")
    assert State(texts).environments == ("prod",)
