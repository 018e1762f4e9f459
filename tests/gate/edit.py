"""One-line edits of a copy of the real repository, and what the command line says of each."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "edits"
TODAY = "2026-11-21"
LIBRARY = "charts/common/"
_COPIED = ("values", "charts", "kubernetes", "docs", ".schemas", ".chartroom")
_LINKED = ("policies", "tests", ".tools")
_MAIN = "from generator.cli import main; main()"
# So many edits of different files share a check: each more saves one, and makes a surprise harder to read.
_TOGETHER = 9


@dataclass(frozen=True, slots=True)
class Change:
    """A text that stands once in a file, and what it becomes; without one, the text is added at the end."""

    file: str
    find: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """A finding as the table writes it: everything that a person reads."""

    place: str
    rule: str
    severity: str
    message: str
    fix: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of the table; `stops` where the values say it, before anything is rendered.

    Edits of one `group` are judged together; one of the library has a group of its own unless it names one.
    `by_hand` changes generated files, which `chartroom charts` would write again. `why` says why no edit
    brings the rule itself to speak, and what speaks in its place.
    """

    name: str
    changes: tuple[Change, ...]
    expect: tuple[Said, ...]
    why: str = ""
    group: str = ""
    stops: bool = False
    by_hand: bool = False

    @property
    def files(self) -> frozenset[str]:
        return frozenset(change.file for change in self.changes)


def read_edits(folder: Path = FOLDER) -> tuple[Edit, ...]:
    """Return every entry of the table, by its name `category/rule[-more]`."""
    reader = YAML(typ="safe", pure=True)
    return tuple(
        _edit(path.relative_to(folder).with_suffix("").as_posix(), reader.load(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*/*.yaml"))
    )


def _edit(name: str, data: dict[str, Any]) -> Edit:
    own = [_change(item) for item in data.get("changes", [data])]
    return Edit(
        name,
        tuple(own),
        tuple(_said(item) for item in data.get("expect") or ()),
        str(data.get("why", "")),
        str(data.get("group") or (name if any(change.file.startswith(LIBRARY) for change in own) else "")),
        bool(data.get("stops")),
        bool(data.get("by_hand")),
    )


def _change(data: dict[str, Any]) -> Change:
    text = str(data["append"] if "append" in data else data["replace"])
    if "times" in data:
        text = "".join(text.replace("{n}", str(number)) for number in range(int(data["times"])))
    return Change(data["file"], None if "append" in data else str(data["find"]), text)


def _said(data: dict[str, Any]) -> Said:
    return Said(
        data["place"], data["rule"], data.get("severity", "error"), data["message"], data["fix"],
        tuple(data.get("also") or ()),
    )  # fmt: skip


def batches(edits: Iterable[Edit]) -> tuple[tuple[Edit, ...], ...]:
    """Return the edits in groups that do not touch one another: one check for each."""
    found: list[list[Edit]] = []
    for edit in edits:
        for group in found:
            alike = _kind(group[0]) == _kind(edit)
            free = bool(edit.group) or not any(other.files & edit.files for other in group)
            if alike and free and (edit.stops or edit.group or len(group) < _TOGETHER):
                group.append(edit)
                break
        else:
            found.append([edit])
    return tuple(map(tuple, found))


def _kind(edit: Edit) -> tuple[str, bool, bool]:
    """What must be alike in a check. A `group` says that its edits get on, also in one file: no line moves."""
    return edit.group, edit.stops, edit.by_hand


def copy_repository(top: Path) -> Path:
    """Return a copy of the repository: what edits and `chartroom charts` change is copied, the rest linked."""
    for name in _COPIED:
        shutil.copytree(ROOT / name, top / name, symlinks=True)
    for name in _LINKED:
        (top / name).symlink_to(ROOT / name)
    return top


def carry_out(top: Path, edits: Sequence[Edit]) -> None:
    """Change the files of a copy.

    Raises:
        ValueError: a text does not stand in its file exactly once.
    """
    for edit in edits:
        for change in edit.changes:
            path = top / change.file
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            if change.find is None:
                text += "" if not text or text.endswith("\n") else "\n"
                path.write_text(f"{text}{change.text}", encoding="utf-8")
                continue
            if text.count(change.find) != 1:
                raise ValueError(
                    f"{edit.name}: {change.find!r} stands {text.count(change.find)} times in {change.file}"
                )
            path.write_text(text.replace(change.find, change.text), encoding="utf-8")


def run(top: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command `chartroom` as a person does."""
    command = [sys.executable, "-c", _MAIN, *arguments, "--root", str(top)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=top, env=environment, timeout=300)


def check(top: Path, *, write: bool = True, environment: str = "prod") -> frozenset[Said]:
    """Write the charts, then judge one environment; return every open finding."""
    if write:
        done = run(top, "charts")
        if done.returncode != 0:
            raise RuntimeError(f"chartroom charts ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    report = top / "report.json"
    done = run(top, "check", "--env", environment, "--today", TODAY, "--format", "json", "--output", str(report))
    if not report.is_file():
        raise RuntimeError(f"chartroom check ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return frozenset(_read(item) for item in json.loads(report.read_text())["findings"] if item["state"] == "open")


def _read(item: dict[str, Any]) -> Said:
    def shown(place: dict[str, Any]) -> str:
        return f"{place['path']}:{place['line']}:{place['column']}"

    return Said(
        shown(item["place"]), item["rule"], item["severity"], item["message"], item["fix"],
        tuple(map(shown, item["also"])),
    )  # fmt: skip
