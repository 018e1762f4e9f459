"""`chartroom fix` adds an entry where the offered value was not written, and keeps layout and comments."""

from pathlib import Path

import pytest

from generator.pipeline.fix import fix
from tests.support.workspace import Repository

VALKEY = """\
summary: Caches
category: network
image: docker.io/a/valkey:8.0.0
ports: {redis: 6379}
probes: tcp:redis
resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}
provides: {valkey: {port: redis}}
"""
# What stands, and what `fix` makes of it; None where a person must say it.
WRITTEN = {
    "flow": ("needs: {valkey: {env: {A: uri}}}   # kept\n", "needs: {valkey: {database: 1, env: {A: uri}}}   # kept\n"),
    "empty": ("needs: {valkey: {}}\n", "needs: {valkey: {database: 1}}\n"),
    "block": (
        "needs:\n  # kept\n  valkey:\n    env: {A: uri}   # kept\n",
        "needs:\n  # kept\n  valkey:\n    database: 1\n    env: {A: uri}   # kept\n",
    ),
    "windows": (
        "needs:\r\n  valkey:\r\n    env: {A: uri}\r\n",
        "needs:\r\n  valkey:\r\n    database: 1\r\n    env: {A: uri}\r\n",
    ),
    "word": ("needs: valkey\n", None),
    "list": ("needs: [valkey]\n", None),
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository.minimal(tmp_path)
    repository.write("values/apps/media/valkey.yaml", VALKEY)
    repository.change("values/site.yaml", "monitoring:", "providers: {valkey: valkey}\nmonitoring:")
    repository.workload("a", "needs: {valkey: {env: {A: uri}}}\n")
    return repository


@pytest.mark.parametrize("name", WRITTEN)
def test_number_of_a_database_is_added(repository: Repository, name: str) -> None:
    before, after = WRITTEN[name]
    repository.workload("b", before)
    file = repository.root / "values/apps/media/b.yaml"
    head = file.read_bytes().removesuffix(before.encode())
    done = fix(repository.root)
    assert file.read_bytes() == head + (after or before).encode()
    assert [(item.before, item.after, item.finding.rule) for item in done] == (
        [("nothing", "database: 1", "claim/valkey-database")] if after else []
    )
    assert ("claims Valkey database" in repository.findings()) is (after is None)


def test_template_keeps_what_all_its_services_would_share(repository: Repository) -> None:
    repository.write("values/templates/cached.yaml", "needs: {valkey: {env: {A: uri}}}\n")
    repository.workload("b", "template: cached\n")
    assert fix(repository.root) == ()
    assert "claims Valkey database valkey/0" in repository.findings()
