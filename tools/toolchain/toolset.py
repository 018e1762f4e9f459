"""A tool set: one folder `tools/<set>/` with a hash-pinned Go module and `toolset.toml`, which says what to build."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from toolchain.fault import SetupFault

REQUIRED = re.compile(r"^(?:require\s+|\t)(\S+) v(\S+)", re.MULTILINE)
GO_LINE = re.compile(r"^go (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tool:
    """One binary: what is compiled, what is linked in, and how it is asked for its version afterwards."""

    name: str
    package: str
    link: tuple[str, ...]
    ask: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Toolset:
    """The tools of one Go module."""

    name: str
    folder: Path
    go: str
    tools: tuple[Tool, ...]

    @property
    def link_flags(self) -> str:
        """The linker's flags: no debug tables, and each tool's version."""
        return " ".join(["-s", "-w", *(f"-X {variable}" for tool in self.tools for variable in tool.link)])

    @property
    def module(self) -> bytes:
        """What pins the sources: go.mod and go.sum."""
        return (self.folder / "go.mod").read_bytes() + (self.folder / "go.sum").read_bytes()


def read_toolset(folder: Path) -> Toolset:
    """Read a tool set; a `{version}` in it becomes the version that go.mod requires of the tool's module.

    Raises: SetupFault where go.mod does not require the module.
    """
    go_mod = (folder / "go.mod").read_text()
    required = dict(REQUIRED.findall(go_mod))
    go = GO_LINE.search(go_mod)
    if go is None:
        raise SetupFault(f"{folder / 'go.mod'} has no `go` line")
    table = tomllib.loads((folder / "toolset.toml").read_text())
    tools = tuple(read_tool(name, entry, required, folder) for name, entry in table.items())
    return Toolset(name=folder.name, folder=folder, go=go[1], tools=tools)


def read_tool(name: str, entry: dict[str, object], required: dict[str, str], folder: Path) -> Tool:
    """Read one table of toolset.toml."""
    module = str(entry["module"])
    if module not in required:
        raise SetupFault(f"{folder / 'toolset.toml'}: go.mod beside it does not require {module}")
    # `version` is for the maker who counts otherwise than the module proxy does.
    version = str(entry.get("version", required[module]))
    major, minor = version.split(".")[:2]

    def finish(text: object) -> str:
        return str(text).replace("{version}", version).replace("{major}", major).replace("{minor}", minor)

    link, ask = entry["link"], entry["ask"]
    if not isinstance(link, list) or not isinstance(ask, list):
        raise SetupFault(f"{folder / 'toolset.toml'}: `link` and `ask` of {name} are lists")
    return Tool(
        name=name,
        package=str(entry["package"]),
        link=tuple(finish(item) for item in link),
        ask=tuple(str(item) for item in ask),
        answer=finish(entry["answer"]),
    )
