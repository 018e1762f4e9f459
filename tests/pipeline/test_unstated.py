"""`explain` shows what nobody wrote, and what it shows is what the cluster gets."""

from pathlib import Path

import pytest
import yaml

from generator.pipeline.explain import explain
from generator.pipeline.generate import Charts
from tests.support.workspace import Repository

PLEX = "values/apps/media/plex.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.minimal(tmp_path)


def explained(repository: Repository, name: str, field: str) -> list[tuple[str, object, str]]:
    return [(line.path, line.value, line.origin) for line in explain(repository.fleet(), name, field)]


def test_host_and_address_are_explained_to_their_ports(repository: Repository) -> None:
    assert explained(repository, "plex", "expose") == [
        ("expose.plex.gateway[0]", "lan", f"{PLEX}:9:16"),
        ("expose.plex.port", "http", "default of the format"),
        ("expose.plex.path", "/", "default of the format"),
        ("expose.plex.scheme", "http", "default of the format"),
    ]
    assert explained(repository, "plex", "load_balancer")[1:3] == [
        ("load_balancer.ports.http", 32400, f"{PLEX}:10:41"),
        ("load_balancer.from[0]", "lan", f"{PLEX}:10:55"),
    ]


def test_paths_leave_no_port_unstated(repository: Repository) -> None:
    repository.change(PLEX, "expose: {plex: lan}", "expose: {plex: {gateway: lan, scheme: http, paths: {/: http}}}")
    assert [path for path, _, _ in explained(repository, "plex", "expose")] == [
        "expose.plex.gateway[0]",
        "expose.plex.scheme",
        "expose.plex.paths./",
    ]


def test_what_the_site_decides_names_its_line(repository: Repository) -> None:
    repository.change(PLEX, "expose:", "metrics: /metrics\nexpose:")
    assert explained(repository, "plex", "metrics") == [
        ("metrics.path", "/metrics", f"{PLEX}:9:10"),
        ("metrics.port", "http", "default of the format"),
        ("metrics.scheme", "http", "default of the format"),
        ("metrics.interval", "60s", "values/site.yaml:34:45"),
    ]
    assert explained(repository, "plex", "storage.config.storageClassName") == [
        ("storage.config.storageClassName", "longhorn", "values/site.yaml:17:12")
    ]


def test_files_and_sidecars_are_explained(repository: Repository) -> None:
    repository.workload(
        "a",
        "files: {/etc/a: text}\n"
        "storage: {run: {emptyDir: {}, mountPath: /run}}\n"
        "initContainers: {side: {image: docker.io/a/b:1, restartPolicy: Always, ports: {side: 9}, probes: tcp:side,"
        " resources: {requests: {cpu: 1m, memory: 8Mi}, limits: {memory: 8Mi}}}}\n",
    )
    by_format = {line.path: line.value for line in explain(repository.fleet(), "a") if "format" in line.origin}
    assert by_format["files./etc/a.mode"] == "0444"
    assert by_format["storage.run.emptyDir.sizeLimit"] == "1Gi"
    assert by_format["initContainers.side.ports.side.protocol"] == "TCP"
    assert by_format["initContainers.side.probes.liveness.failureThreshold"] == 5


def test_unstated_numbers_of_a_cron_job_are_those_that_are_rendered(repository: Repository) -> None:
    repository.write(
        "values/apps/media/nightly.yaml",
        "summary: At night\ncategory: streaming\nkind: CronJob\nschedule: 0 3 * * *\nimage: docker.io/a/b:1\n"
        "resources: {requests: {cpu: 1m, memory: 8Mi}, limits: {memory: 8Mi}}\n",
    )
    rendered = Charts(repository.open()).render(("prod",))["prod"]
    objects = [yaml.safe_load(pair.document) for pairs in rendered.values() for pair in pairs]
    spec = next(item["spec"] for item in objects if item["kind"] == "CronJob")
    unstated = {line.path: (line.value, line.origin) for line in explain(repository.fleet(), "nightly")}
    assert unstated["timeZone"] == (spec["timeZone"], "values/site.yaml:3:11")
    for key in ("concurrencyPolicy", "startingDeadlineSeconds"):
        assert unstated[key] == (spec[key], "default of the format")
    for key in ("activeDeadlineSeconds", "backoffLimit"):
        assert unstated[key] == (spec["jobTemplate"]["spec"][key], "default of the format")
    assert "strategy" not in unstated


def test_deadline_of_zero_seconds_is_kept(repository: Repository) -> None:
    repository.write(
        "values/apps/media/nightly.yaml",
        "summary: At night\ncategory: streaming\nkind: CronJob\nschedule: 0 3 * * *\nimage: docker.io/a/b:1\n"
        "startingDeadlineSeconds: 0\nresources: {requests: {cpu: 1m, memory: 8Mi}, limits: {memory: 8Mi}}\n",
    )
    rendered = Charts(repository.open()).render(("prod",))["prod"]
    objects = [yaml.safe_load(pair.document) for pairs in rendered.values() for pair in pairs]
    assert next(item["spec"] for item in objects if item["kind"] == "CronJob")["startingDeadlineSeconds"] == 0
