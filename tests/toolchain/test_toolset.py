"""Reading `toolset.toml` and the go.mod beside it."""

from pathlib import Path

import pytest

from tests.toolchain.clone import GO_MOD, TOOLSET, make_clone
from toolchain.fault import SetupFault
from toolchain.toolset import Tool, read_toolset

ROOT = Path(__file__).resolve().parents[2]


def test_read_toolset_takes_the_version_from_go_mod(tmp_path: Path) -> None:
    toolset = read_toolset(make_clone(tmp_path).clone / "tools" / "greet")
    assert toolset.name == "greet"
    assert toolset.go == "1.26.0"
    assert toolset.tools == (
        Tool(
            name="greeter",
            package="example.test/greeter/cmd/greeter",
            link=("example.test/greeter/version.Version=v1.4.2", "example.test/greeter/version.Minor=4"),
            ask=("version",),
            answer="v1.4.2",
        ),
    )
    assert toolset.link_flags == (
        "-s -w -X example.test/greeter/version.Version=v1.4.2 -X example.test/greeter/version.Minor=4"
    )


def test_read_toolset_prefers_a_stated_version(tmp_path: Path) -> None:
    folder = make_clone(tmp_path).clone / "tools" / "greet"
    (folder / "toolset.toml").write_text(TOOLSET + 'version = "3.15.0"\n')
    assert read_toolset(folder).tools[0].answer == "v3.15.0"


def test_read_toolset_refuses_a_module_that_go_mod_does_not_require(tmp_path: Path) -> None:
    folder = make_clone(tmp_path).clone / "tools" / "greet"
    (folder / "toolset.toml").write_text(
        TOOLSET.replace('module = "example.test/greeter"', 'module = "example.test/no"')
    )
    with pytest.raises(SetupFault) as fault:
        read_toolset(folder)
    assert str(fault.value) == f"{folder}/toolset.toml: go.mod beside it does not require example.test/no"


def test_read_toolset_refuses_a_replaced_module_as_requirement(tmp_path: Path) -> None:
    folder = make_clone(tmp_path).clone / "tools" / "greet"
    (folder / "toolset.toml").write_text(
        TOOLSET.replace('module = "example.test/greeter"', 'module = "example.test/staged"')
    )
    with pytest.raises(SetupFault):
        read_toolset(folder)


def test_read_toolset_refuses_a_link_that_is_no_list(tmp_path: Path) -> None:
    folder = make_clone(tmp_path).clone / "tools" / "greet"
    (folder / "toolset.toml").write_text(TOOLSET.replace('ask = ["version"]', 'ask = "version"'))
    with pytest.raises(SetupFault) as fault:
        read_toolset(folder)
    assert str(fault.value) == f"{folder}/toolset.toml: `link` and `ask` of greeter are lists"


def test_read_toolset_refuses_a_go_mod_without_go_line(tmp_path: Path) -> None:
    folder = make_clone(tmp_path).clone / "tools" / "greet"
    (folder / "go.mod").write_text(GO_MOD.replace("go 1.26.0\n", ""))
    with pytest.raises(SetupFault) as fault:
        read_toolset(folder)
    assert str(fault.value) == f"{folder}/go.mod has no `go` line"


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("gate", {"helm": "v4.2.4", "conftest": "Conftest: 0.69.0", "regal": "0.42.0"}),
        ("helm3", {"helm3": "v3.21.4"}),
        ("promtool", {"promtool": "version 3.15.0"}),
        ("kubectl", {"kubectl": "Client Version: v1.36.3"}),
        ("kubeconform", {"kubeconform": "v0.7.0"}),
    ],
)
def test_our_toolsets_say_their_versions(name: str, answers: dict[str, str]) -> None:
    toolset = read_toolset(ROOT / "tools" / name)
    assert {tool.name: tool.answer for tool in toolset.tools} == answers


def test_prometheus_on_the_proxy_is_the_version_that_we_state() -> None:
    # 3.15.0 is published as v0.315.0: major * 100 + minor, then the patch.
    toolset = read_toolset(ROOT / "tools" / "promtool")
    major, minor, patch = toolset.tools[0].answer.removeprefix("version ").split(".")
    published = f"v0.{int(major) * 100 + int(minor)}.{patch}"
    assert f"github.com/prometheus/prometheus {published} " in (toolset.folder / "go.mod").read_text()
