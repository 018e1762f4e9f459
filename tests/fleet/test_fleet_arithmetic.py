# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""The quota formula of architecture.md 26, in exact numbers."""

from pathlib import Path

import pytest

from generator.fleet.arithmetic import canonical_bytes, quota_of, strategy_of, surge
from generator.fleet.model import Need
from tests.support.workspace import Repository

MI, GI = 2**20, 2**30
PATH = "values/apps/media/a.yaml"


def resources(cpu: str, memory: str, limit: str) -> str:
    return f"{{requests: {{cpu: {cpu}, memory: {memory}}}, limits: {{memory: {limit}}}}}"


def need_of(tmp_path: Path, text: str, name: str = "own") -> Need:
    """What a namespace needs that holds one service; `text` is all but its head."""
    repository = Repository.minimal(tmp_path)
    repository.write(PATH, f"summary: A\ncategory: streaming\nnamespace: {name}\nimage: docker.io/a/b:1.0.0\n{text}")
    assert repository.findings() == ""
    return repository.fleet().namespace_needs[name]


A = f"resources: {resources('100m', '128Mi', '256Mi')}\n"
SERVED = A + "probes: {none: x}\n"
INIT = "docker.io/a/i:1.0.0"
# text: (pods of 100m, 128Mi, 256Mi each)
PODS = {
    "one replica of a Deployment surges by one": (SERVED, 2),
    "four replicas surge by one": (SERVED + "replicas: 4\n", 5),
    "five replicas surge by two": (SERVED + "replicas: 5\n", 7),
    "Recreate does not surge": (SERVED + "strategy: Recreate\nreplicas: 3\n", 3),
    "stated surge": (SERVED + "replicas: 3\nstrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2}}\n", 5),
    "surge in percent is rounded up": (SERVED + "replicas: 3\nstrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 34%}}\n", 5),
    "no surge": (SERVED + "replicas: 3\nstrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}\n", 3),
    "zero replicas": (SERVED + "replicas: 0\n", 0),
    "a device is exclusive, so Recreate": (SERVED + "devices: {tun: 1}\n", 1),
    "StatefulSet does not surge": (SERVED + "kind: StatefulSet\nreplicas: 3\n", 3),
    "DaemonSet on the workers": (SERVED + "kind: DaemonSet\n", 2),
    "DaemonSet on every node": (SERVED + "kind: DaemonSet\ntolerations: [{operator: Exists}]\n", 3),
    "DaemonSet that tolerates control planes": (
        SERVED + "kind: DaemonSet\ntolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}]\n", 3,
    ),
    "DaemonSet that tolerates something else": (SERVED + "kind: DaemonSet\ntolerations: [{key: gpu, operator: Exists}]\n", 2),
    "DaemonSet on labelled nodes": (SERVED + "kind: DaemonSet\nnodeSelector: {disk: ssd}\n", 1),
    "DaemonSet on one node by name": (SERVED + "kind: DaemonSet\nnodeSelector: {kubernetes.io/hostname: talos-3, kubernetes.io/os: linux}\n", 1),
    "DaemonSet that surges": (
        SERVED + "kind: DaemonSet\nstrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 50%, maxUnavailable: 0}}\n", 3,
    ),
    "DaemonSet OnDelete": (SERVED + "kind: DaemonSet\nstrategy: OnDelete\n", 2),
    "CronJob": (A + "kind: CronJob\nschedule: '@daily'\n", 1),
    "CronJob Replace": (A + "kind: CronJob\nschedule: '@daily'\nconcurrencyPolicy: Replace\n", 1),
    "CronJob Allow": (A + "kind: CronJob\nschedule: '@daily'\nconcurrencyPolicy: Allow\n", 2),
    "CronJob with several pods": (A + "kind: CronJob\nschedule: '@daily'\nconcurrencyPolicy: Allow\nparallelism: 3\n", 6),
    "Job": (A + "kind: Job\n", 1),
    "Job with several pods": (A + "kind: Job\nparallelism: 3\n", 3),
    "two components": (SERVED + f"components: {{w: {{inherit: [resources, probes], image: {INIT}}}}}\n", 4),
}  # fmt: skip


@pytest.mark.parametrize("name", PODS)
def test_pods_are_counted_as_they_run_at_most(name: str, tmp_path: Path) -> None:
    text, count = PODS[name]
    assert need_of(tmp_path, text) == Need(100 * count, 128 * MI * count, 256 * MI * count, 0)


def init(name: str, cpu: str, memory: str, limit: str, sidecar: bool = False) -> str:
    more = "restartPolicy: Always, probes: {none: x}, " if sidecar else ""
    return f"  {name}: {{{more}image: {INIT}, resources: {resources(cpu, memory, limit)}}}\n"


# text: (cpu, memory, limit) of one pod in millicores and MiB
POD = {
    "small init container": (init("i", "10m", "16Mi", "32Mi"), (100, 128, 256)),
    "large init container": (init("i", "500m", "64Mi", "1Gi"), (500, 128, 1024)),
    "init containers run one after another": (init("i", "80m", "96Mi", "200Mi") + init("j", "90m", "90Mi", "210Mi"), (100, 128, 256)),
    "sidecar is added": (init("s", "50m", "32Mi", "64Mi", True), (150, 160, 320)),
    "init container after a sidecar": (
        init("s", "50m", "32Mi", "64Mi", True) + init("i", "100m", "128Mi", "300Mi"), (150, 160, 364),
    ),
    "init container before a sidecar": (
        init("i", "140m", "128Mi", "300Mi") + init("s", "50m", "32Mi", "64Mi", True), (150, 160, 320),
    ),
    "two sidecars": (init("s", "50m", "32Mi", "64Mi", True) + init("t", "5m", "8Mi", "16Mi", True), (155, 168, 336)),
}  # fmt: skip


@pytest.mark.parametrize("name", POD)
def test_pod_is_the_larger_of_running_and_starting(name: str, tmp_path: Path) -> None:
    text, (cpu, memory, limit) = POD[name]
    found = need_of(tmp_path, SERVED + "strategy: Recreate\ninitContainers:\n" + text)
    assert found == Need(cpu, memory * MI, limit * MI, 0)


VOLUMES = {
    "one volume twice, for a restore": ("storage: {a: {size: 5Gi, backup: tier4}}\n", 10),
    "the largest twice": ("storage: {a: {size: 5Gi, backup: tier4}, b: {size: 7Gi, backup: tier4}}\n", 19),
    "a claim for each replica, one of them twice": ("kind: StatefulSet\nreplicas: 3\nstorage: {a: {size: 5Gi, backup: tier4}}\n", 20),
    "one claim for all replicas of a Deployment": (
        "replicas: 3\nstorage: {a: {size: 5Gi, accessModes: [ReadWriteMany], backup: tier4}}\n", 10,
    ),
    "a share counts for what its claim asks": ("storage: {a: {nfs: media}, b: {emptyDir: {}}}\n", 1),
    "a shared claim counts once": (
        "storage: {a: {size: 5Gi, accessModes: [ReadWriteMany], backup: tier4}}\n"
        f"components: {{w: {{inherit: [resources, probes], image: {INIT}, storage: {{a: {{existingClaim: a-a}}}}}}}}\n", 10,
    ),
    "claims outlive their pods": ("kind: StatefulSet\nreplicas: 0\nstorage: {a: {size: 5Gi, backup: tier4}}\n", 10),
}  # fmt: skip


@pytest.mark.parametrize("name", VOLUMES)
def test_storage_has_room_for_one_restore(name: str, tmp_path: Path) -> None:
    text, gib = VOLUMES[name]
    assert need_of(tmp_path, SERVED + text).storage_bytes == gib * GI


@pytest.mark.parametrize(("kind", "movers"), [("kind: StatefulSet\nreplicas: 3\n", 3), ("", 1)])
def test_each_claim_that_volsync_copies_has_a_pod_that_copies_it(tmp_path: Path, kind: str, movers: int) -> None:
    repository = Repository.minimal(tmp_path)
    head = "summary: A\ncategory: streaming\nnamespace: own\nimage: docker.io/a/b:1.0.0\n"
    repository.write(PATH, f"{head}{SERVED}{kind}storage: {{a: {{size: 5Gi, backup: tier1}}}}\n")
    before = repository.fleet().namespace_needs["own"]
    repository.change("values/site.yaml", "backup: velero}", "backup: volsync}")
    after = repository.fleet().namespace_needs["own"]
    taken = (after.cpu_m - before.cpu_m, after.memory_bytes - before.memory_bytes)
    assert taken == (movers * 10, movers * 32 * MI)


def test_largest_job_counts_once_and_cron_jobs_each(tmp_path: Path) -> None:
    text = (
        f"kind: Job\nresources: {resources('10m', '16Mi', '32Mi')}\n"
        "components:\n"
        f"  big: {{kind: Job, image: {INIT}, resources: {resources('300m', '8Mi', '16Mi')}}}\n"
        f"  one: {{kind: CronJob, schedule: '@daily', image: {INIT}, resources: {resources('100m', '128Mi', '128Mi')}}}\n"
        f"  two: {{kind: CronJob, schedule: '@daily', image: {INIT}, resources: {resources('100m', '128Mi', '128Mi')}}}\n"
    )
    assert need_of(tmp_path, text) == Need(500, 272 * MI, 288 * MI, 0)


CHART = """\
summary: Metrics
category: network
chart:
  name: prometheus
  repository: https://charts.example.net
  version: 1.2.3
  pods: {pods}
"""


@pytest.mark.parametrize(
    ("pod", "count", "storage"),
    [
        ("", 2, 0), ("replicas: 5, ", 7, 0), ("kind: DaemonSet, ", 3, 0), ("kind: StatefulSet, replicas: 3, ", 3, 0), ("kind: CronJob, ", 1, 0),
        ("kind: Job, ", 1, 0), ("storage: {d: {size: 5Gi, backup: tier4}}, ", 1, 10),
        ("kind: StatefulSet, replicas: 3, storage: {d: {size: 5Gi, backup: tier4}}, ", 3, 20),
    ],
)  # fmt: skip
def test_pods_of_a_chart_are_counted_as_declared(tmp_path: Path, pod: str, count: int, storage: int) -> None:
    repository = Repository.minimal(tmp_path)
    declared = f"{{server: {{{pod}resources: {resources('100m', '128Mi', '256Mi')}}}}}"
    repository.write("values/apps/media/prometheus.yaml", CHART.replace("{pods}", declared))
    assert repository.findings() == ""
    fleet = repository.fleet()
    assert fleet.namespace_needs["prometheus"] == Need(100 * count, 128 * MI * count, 256 * MI * count, storage * GI)
    assert (fleet.namespaces["prometheus"].upstream, fleet.namespaces["prometheus"].quota) == (True, None)


def test_instances_of_a_cluster_are_counted(tmp_path: Path) -> None:
    repository = Repository.minimal(tmp_path)
    repository.write(
        "values/apps/media/pg.yaml",
        "summary: Cluster\ncategory: streaming\nnamespace: pg\npostgres: {instances: 3, image: ghcr.io/a/pg:18.1, "
        f"storage: {{size: 5Gi, backup: tier1}}, resources: {resources('100m', '128Mi', '256Mi')}}}\n",
    )
    assert repository.findings() == ""
    assert repository.fleet().namespace_needs["pg"] == Need(300, 384 * MI, 768 * MI, 20 * GI)


def test_domain_needs_what_its_services_need_wherever_they_live(tmp_path: Path) -> None:
    repository = Repository.minimal(tmp_path)
    repository.write(PATH, "summary: A\ncategory: streaming\nnamespace: own\nimage: docker.io/a/b:1.0.0\n" + SERVED)
    fleet = repository.fleet()
    # plex: Recreate, 100m 2Gi 4Gi and 50Gi twice; traefik twice 50m 128Mi 256Mi; prometheus twice 100m 1Gi 2Gi.
    assert fleet.needs["media"] == Need(600, (2048 + 256 + 2048 + 256) * MI, (4096 + 512 + 4096 + 512) * MI, 100 * GI)


def test_quota_of_a_domain_is_its_budget_less_what_namespaces_of_services_take(tmp_path: Path) -> None:
    repository = Repository.minimal(tmp_path)
    repository.write(
        PATH,
        "summary: A\ncategory: streaming\nnamespace: own\nimage: docker.io/a/b:1.0.0\n"
        + SERVED
        + "storage: {a: {size: 5Gi, backup: tier4}}\n",
    )
    namespaces = repository.fleet().namespaces
    assert namespaces["own"].quota == {
        "requests.cpu": "100m",
        "requests.memory": "128Mi",
        "limits.memory": "256Mi",
        "requests.storage": "10Gi",
    }
    # prometheus owns a namespace too: 200m, 2Gi, 4Gi.
    assert namespaces["media"].quota == {
        "requests.cpu": "3700m",
        "requests.memory": "14208Mi",
        "limits.memory": "28416Mi",
        "requests.storage": "490Gi",
    }


def test_without_a_budget_the_quota_is_the_need_and_a_spent_budget_is_zero(tmp_path: Path) -> None:
    repository = Repository.minimal(tmp_path)
    repository.change(
        "values/apps/media/domain.yaml",
        "budget: {requests: {cpu: 4, memory: 16Gi}, limits: {memory: 32Gi}, storage: 500Gi}",
        "budget: {requests: {cpu: 100m}}",
    )
    assert repository.fleet().namespaces["media"].quota == {
        "requests.cpu": "0",
        "requests.memory": "2304Mi",
        "limits.memory": "4608Mi",
        "requests.storage": "100Gi",
    }


def test_quota_of_nothing_is_none() -> None:
    assert quota_of(Need()) is None
    assert quota_of(Need(storage_bytes=GI)) is not None


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (1023, "1023"), (2048, "2Ki"), (1536 * MI, "1536Mi"), (1024 * GI, "1Ti"), (3 * GI, "3Gi")],
)
def test_bytes_print_as_the_api_server_does(count: int, text: str) -> None:
    assert canonical_bytes(count) == text


def test_strategy_is_derived_from_what_a_pod_holds(tmp_path: Path) -> None:
    repository = Repository.minimal(tmp_path)
    texts = {
        "plain": "",
        "claim": "storage: {a: {size: 5Gi, backup: tier4}}\n",
        "many": "storage: {a: {size: 5Gi, accessModes: [ReadWriteMany], backup: tier4}}\n",
        "set": "kind: StatefulSet\n",
        "stated": "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 3}}\nstorage: {a: {size: 5Gi, backup: tier4}}\n",
    }
    for name, text in texts.items():
        repository.workload(name, text)
    services = repository.catalogue().services
    found = {name: strategy_of(services[name].components["main"])["type"] for name in texts}
    assert found == {
        "plain": "RollingUpdate",
        "claim": "Recreate",
        "many": "RollingUpdate",
        "set": "RollingUpdate",
        "stated": "RollingUpdate",
    }
    assert {name: surge(services[name].components["main"], 1) for name in texts} == {
        "plain": 1, "claim": 0, "many": 1, "set": 0, "stated": 3,
    }  # fmt: skip
