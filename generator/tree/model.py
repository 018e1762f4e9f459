"""What shall stand on disk: relative paths with their content, checked so that none leads elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from types import MappingProxyType

from generator.finding import shown
from generator.tree.error import TreeError

# Names of files on their way into place. No generated file may be called so: the next run removes them.
TEMPORARY = ".chartroom-tmp-"
_NAME = rf"(?!\.{{1,2}}(?:/|\Z)|\.git(?:/|\Z)|{re.escape(TEMPORARY)})[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff/\\]+"
_PATH = re.compile(rf"{_NAME}(?:/{_NAME})*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link; its target is relative to the folder that holds it."""

    target: str


Content = bytes | Link


@dataclass(frozen=True, slots=True)
class Scope:
    """The folders that belong to the generator, relative to the root.

    `by_people` are the files and folders among them that people write.
    """

    folders: tuple[str, ...]
    by_people: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for path in (*self.folders, *self.by_people):
            check_path(path)

    def is_by_people(self, path: str) -> bool:
        return path in self.by_people or path.startswith(tuple(f"{people}/" for people in self.by_people))


@dataclass(frozen=True, slots=True)
class Tree:
    """Everything that the generator wants to stand in its scope, by path.

    Raises:
        TreeError: a path or link that leaves the scope, or two paths that cannot both exist.
    """

    scope: Scope
    entries: Mapping[str, Content]

    def __post_init__(self) -> None:
        entries = MappingProxyType(dict(sorted(self.entries.items())))
        object.__setattr__(self, "entries", entries)
        _check_places(self.scope, entries)
        _check_collisions(entries)
        links = {path: content.target for path, content in entries.items() if isinstance(content, Link)}
        for path, target in links.items():
            _check_link(path, target, links)


def check_path(path: str) -> None:
    """Refuse a path that is not made of plain names below the root.

    Raises:
        TreeError: it is absolute, climbs, enters .git, or holds letters that break lines.
    """
    if not _PATH.match(path):
        raise TreeError(f"{shown_name(path)}: this is no path below the output folder, or a name in it is reserved")


def shown_name(path: str) -> str:
    """Quote a path that may hold anything."""
    return ascii(path) if path.isascii() or not path.isprintable() else f"'{path}'"


def _check_places(scope: Scope, entries: Mapping[str, Content]) -> None:
    folders = tuple(f"{folder}/" for folder in scope.folders)
    for path in entries:
        check_path(path)
        if not path.startswith(folders):
            raise TreeError(f"{path}: lies in none of the generated folders ({', '.join(scope.folders)})")
        if scope.is_by_people(path):
            raise TreeError(f"{path}: belongs to people, nothing is generated there")


def _check_collisions(entries: Mapping[str, Content]) -> None:
    folders = {dirname(path) for path in entries}
    for folder in list(folders):
        while folder := dirname(folder):
            folders.add(folder)
    by_lower_case: dict[str, str] = {}
    for path in entries:
        if path in folders:
            raise TreeError(f"{path}: is wanted both as a file and as a folder")
        other = by_lower_case.setdefault(path.lower(), path)
        if other != path:
            raise TreeError(f"{path}: is one file with {other} where the case of letters does not count")


def _check_link(path: str, target: str, links: Mapping[str, str]) -> None:
    """Refuse a link that leaves the root, or that leads a walker of the tree in a circle."""
    end = normpath(join(dirname(path), target))
    if not target or target.startswith("/") or not _PATH.match(end):
        raise TreeError(f"{path}: would link to {shown_name(target)}, outside of the output folder")
    through = end
    while through and through not in links:
        through = dirname(through)
    if through or f"{path}/".startswith(f"{end}/"):
        raise TreeError(f"{path}: would link to {shown(target)}, which leads through a link or back to itself")
