"""Building a tool set: once per user, shared between clones, and no tool that misstates its version."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.toolchain.clone import FAKE_GO, Recorder, make_clone, make_program
from toolchain.build import cache_key, count_packages, provide
from toolchain.fault import SetupFault
from toolchain.go import Go
from toolchain.places import Places
from toolchain.toolset import Toolset, read_toolset


def sample(tmp_path: Path, flags: str = "flags") -> tuple[Places, Toolset, Go]:
    places = make_clone(tmp_path)
    binary = make_program(tmp_path / "bin" / "go", FAKE_GO.replace("{flags}", flags))
    return places, read_toolset(places.clone / "tools" / "greet"), Go("go1.26.8", lambda: binary)


def test_provide_builds_once_and_links(tmp_path: Path) -> None:
    places, toolset, go = sample(tmp_path)
    recorder = Recorder()
    for _ in range(2):
        provide(toolset, go, places=places, progress=recorder, environ={})
    linked = places.bin / "greeter"
    assert linked.readlink() == places.cache / "tools" / f"greet-{cache_key(toolset, go)}" / "greeter"
    assert recorder.said == ["set-up: building greeter (greet 1/1, go1.26.8; once per user)"]


def test_provide_shares_between_clones(tmp_path: Path) -> None:
    places, toolset, go = sample(tmp_path)
    provide(toolset, go, places=places, progress=Recorder(), environ={})
    second = Places(clone=tmp_path / "second", cache=places.cache)
    recorder = Recorder()
    provide(toolset, go, places=second, progress=recorder, environ={})
    assert recorder.said == []
    assert (second.bin / "greeter").readlink() == (places.bin / "greeter").readlink()


def test_provide_refuses_a_tool_that_says_another_version(tmp_path: Path) -> None:
    places, toolset, go = sample(tmp_path, flags="'dev'")
    with pytest.raises(SetupFault) as fault:
        provide(toolset, go, places=places, progress=Recorder(), environ={})
    assert str(fault.value) == "`greeter version` should say 'v1.4.2', it says 'dev'"
    assert not (places.bin / "greeter").exists()
    assert list((places.cache / "tools").glob("greet-*/")) == []


def test_cache_key_depends_on_all_that_shapes_the_binaries(tmp_path: Path) -> None:
    _, toolset, go = sample(tmp_path)
    tool = toolset.tools[0]
    keys = {
        cache_key(toolset, go),
        cache_key(toolset, replace(go, version="go1.26.9")),
        cache_key(replace(toolset, tools=(replace(tool, link=()),)), go),
        cache_key(replace(toolset, tools=(replace(tool, package="example.test/other"),)), go),
    }
    (toolset.folder / "go.sum").write_text("example.test/greeter v1.4.2 h1:xyz=\n")
    keys.add(cache_key(toolset, go))
    assert len(keys) == 5


def test_count_packages_describes_downloads_and_compiled_packages() -> None:
    describe = count_packages()
    assert [describe(line) for line in ("go: downloading a v1", "net", "net/http")] == [
        "downloading a v1",
        "1 packages compiled, net",
        "2 packages compiled, net/http",
    ]
