"""Checks follow each other in one process, as in a test session, though one of them loads the Helm engine."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.policy.engine import ROOT, TOOLS

_PARTS = ("values", "charts/common", "policies", "tests/cases", "tests/facts")
# A patch is laid over what Helm renders, so to generate this repository the engine is loaded.
_PATCH = "patch: {Deployment/tautulli: {merge: {spec: {minReadySeconds: 10}}, reason: trial}}\n"
_TWICE = """
import sys
from datetime import date
from pathlib import Path
from generator.pipeline.check import Choice, check_fleet

root = Path(sys.argv[1])
one, two = (check_fleet(root, Choice(), date(2026, 1, 1)) for _ in range(2))
assert "helm_python" in sys.modules
assert one.findings == two.findings
assert [count.rendered for count in one.counts] == [count.rendered for count in two.counts]
print(sum(count.rendered for count in one.counts) > 0)
"""


def test_a_second_check_in_one_process_says_the_same_and_nothing_else(tmp_path: Path) -> None:
    for part in _PARTS:
        shutil.copytree(ROOT / part, tmp_path / part)
    (tmp_path / ".tools").mkdir()
    (tmp_path / ".tools" / "bin").symlink_to(TOOLS)
    with (tmp_path / "values/apps/media/tautulli.yaml").open("a", encoding="utf-8") as file:
        file.write(_PATCH)
    command = (sys.executable, "-c", _TWICE, str(tmp_path))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)
