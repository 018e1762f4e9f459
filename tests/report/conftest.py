"""Fixtures of the report tests: what stands outside of Python, found or skipped by name."""

import hashlib
import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator

import pytest

from bench.chromium import Chromium, chromium, find_chromium
from tests.report.sample import ROOT

SDISTS = ROOT / ".cache" / "sdist"
AXE = ROOT / "tools" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
_XSD = "testing/example_scripts/junit-10.xsd"


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """Chromium with one page."""
    program = find_chromium()
    if program is None:
        pytest.skip("Chromium is not installed; .ci/run does it")
    with chromium(program) as found:
        yield found


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    if not AXE.is_file():
        pytest.skip("axe-core is not set up; make test does it")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def junit_xsd() -> str:
    """The schema of JUnit files out of pytest's source distribution, which the lock pins by hash."""
    lock = (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8")
    pinned = re.search(r"^pytest==(\S+) \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", lock, re.MULTILINE)
    assert pinned is not None
    archive = SDISTS / f"pytest-{pinned[1]}.tar.gz"
    if not archive.is_file():
        _download(pinned[0])
    if not archive.is_file():
        pytest.skip(f"pytest's source distribution is not in {SDISTS.relative_to(ROOT)}, and pip could not fetch it")
    content = archive.read_bytes()
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" in pinned[0]
    with tarfile.open(fileobj=io.BytesIO(content)) as files:
        member = files.extractfile(f"pytest-{pinned[1]}/{_XSD}")
        assert member is not None
        return member.read().decode()


def _download(requirement: str) -> None:
    """Let pip fetch the archive; it checks the hash."""
    SDISTS.mkdir(parents=True, exist_ok=True)
    wanted = SDISTS / "requirement.txt"
    wanted.write_text(requirement, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "pytest"]
    place = ["--dest", str(SDISTS), "--requirement", str(wanted)]
    try:
        subprocess.run([*command, *place], check=False, capture_output=True, timeout=180, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return
