"""One state of what ArgoCD reads: committed charts and Applications, from a commit or from the working tree."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from generator.diff.error import DiffError, UnknownBase
from generator.helm import ChartTexts, HelmError, Renderer, renderer
from generator.schema import read_manifests

_FOLDERS = ("charts", "kubernetes")
_LIBRARY = "charts/common/"
_LINK = "120000"
_GIT_TIMEOUT_S = 120
Texts = Mapping[str, str]


class Owned(NamedTuple):
    """A rendered object, and whose it is: `domain/service`, or what stands for it."""

    owner: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """The texts below charts/ and kubernetes/, by path."""

    texts: Texts

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that ArgoCD has something to pull for."""
        return tuple(
            sorted({path.split("/")[1] for path in self.texts if path.count("/") > 1 and path.startswith("k")})
        )


def at_commit(root: Path, base: str) -> State:
    """Read a commit into memory; nothing is checked out.

    Raises:
        UnknownBase: there is no such commit.
        DiffError: git is missing, or this is no repository.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}", wrong=base)
    listed = _git(root, "ls-tree", "-r", "-z", "--full-tree", commit.decode().strip(), *_prefixed(root))
    wanted = []
    for entry in listed.decode().split("\0"):
        if entry:
            mode, _, blob_and_path = entry.split(" ", 2)
            blob, _, path = blob_and_path.partition("\t")
            if mode != _LINK:
                wanted.append((blob, path))
    bodies = _blobs(root, [blob for blob, _ in wanted])
    top = _prefix(root)
    return State({path.removeprefix(top): body for (_, path), body in zip(wanted, bodies, strict=True)})


def in_tree(root: Path) -> State:
    """Read the working tree."""
    found: dict[str, str] = {}
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not _behind_link(root, path):
                try:
                    found[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
                except UnicodeDecodeError as error:
                    raise DiffError(f"{path.relative_to(root)} is no text in UTF-8") from error
    return State(found)


def _behind_link(root: Path, path: Path) -> bool:
    """Whether the way to a file leads through a link: every chart links the one library."""
    return path.is_symlink() or any(parent.is_symlink() for parent in path.relative_to(root).parents if parent.name)


def _prefix(root: Path) -> str:
    """The way from the top of the repository to `root`, with its slash; empty where they are the same."""
    return _git(root, "rev-parse", "--show-prefix").decode().strip()


def _prefixed(root: Path) -> list[str]:
    return [f"{_prefix(root)}{folder}" for folder in _FOLDERS]


def _git(root: Path, *arguments: str, wrong: str | None = None) -> bytes:
    git = shutil.which("git")
    if git is None:
        raise DiffError("git is not on the PATH: install it, a commit cannot be read without")
    done = subprocess.run(
        [git, *arguments], cwd=root, capture_output=True, timeout=_GIT_TIMEOUT_S, check=False, env=_environment()
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        if wrong is not None and not said:
            raise UnknownBase(f"{wrong!r} is no commit here: name a branch, a tag or a hash that `git log` shows")
        raise DiffError(f"git {arguments[0]}: {said}")
    return done.stdout


def _environment() -> dict[str, str]:
    """Without what a git hook leaves behind: it may point to another repository."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}


def _blobs(root: Path, names: list[str]) -> Iterator[str]:
    """The texts of blobs, in order, by one process."""
    git = shutil.which("git") or "git"
    asked = "".join(f"{name}\n" for name in names).encode()
    done = subprocess.run(
        [git, "cat-file", "--batch"], cwd=root, input=asked, capture_output=True, timeout=_GIT_TIMEOUT_S, check=True,
        env=_environment(),
    )  # fmt: skip
    position = 0
    for _ in names:
        end = done.stdout.index(b"\n", position)
        size = int(done.stdout[position:end].split()[-1])
        yield done.stdout[end + 1 : end + 1 + size].decode(errors="replace")
        position = end + 2 + size


def render(before: State, after: State, tools: Path) -> Iterator[tuple[str, list[Owned], list[Owned]]]:
    """Yield (environment, objects before, objects after) of everything that may differ.

    A chart that has the same bytes on both sides is rendered on neither.

    Raises:
        DiffError: a chart of either side does not render.
    """
    engine = renderer(tools)
    same_library = _library(before) == _library(after)
    with ThreadPoolExecutor(max_workers=2) as pool:
        for environment in sorted({*before.environments, *after.environments}):
            sides = [_applications(state, environment) for state in (before, after)]
            unchanged = {
                chart
                for chart, values in sides[0].items()
                if same_library and sides[1].get(chart) == values and _chart(before, chart) == _chart(after, chart)
            }
            jobs = [
                (state, chart, values)
                for state, charts in zip((before, after), sides, strict=True)
                for chart, values in charts.items()
                if chart not in unchanged
            ]
            rendered = list(pool.map(lambda job: _rendered(engine, *job), jobs))
            found = [_written(state, environment) for state in (before, after)]
            for (state, _, _), objects in zip(jobs, rendered, strict=True):
                found[state is after] += objects
            yield environment, found[0], found[1]


def _library(state: State) -> Texts:
    return {path: text for path, text in state.texts.items() if path.startswith(_LIBRARY)}


def _chart(state: State, chart: str) -> Texts:
    prefix = f"charts/{chart}/"
    return {path.removeprefix(prefix): text for path, text in state.texts.items() if path.startswith(prefix)}


def _manifests(state: State, environment: str) -> Iterator[tuple[str, dict[str, Any]]]:
    prefix = f"kubernetes/{environment}/"
    for path in sorted(state.texts):
        if path.startswith(prefix) and path.endswith(".yaml"):
            for manifest in read_manifests(state.texts[path]).manifests:
                yield path.removeprefix(prefix), manifest.object


def _applications(state: State, environment: str) -> dict[str, str]:
    """The charts that Applications of an environment point to, each with its values file."""
    found = {}
    for _, body in _manifests(state, environment):
        source = (body.get("spec") or {}).get("source") or {} if body.get("kind") == "Application" else {}
        folder, files = str(source.get("path", "")), (source.get("helm") or {}).get("valueFiles") or []
        if folder.startswith("charts/") and files:
            found[folder.removeprefix("charts/")] = str(files[0])
    return found


def _rendered(engine: Renderer, state: State, chart: str, values: str) -> list[Owned]:
    texts = _chart(state, chart)
    library = {f"charts/common/{path.removeprefix(_LIBRARY)}": text for path, text in _library(state).items()}
    kept = {path: text for path, text in texts.items() if path.endswith((".yaml", ".tpl", ".json"))}
    try:
        pairs = engine.render(ChartTexts(chart, kept | library), texts.get(values, "{}"))
    except HelmError as error:
        raise DiffError(str(error)) from error
    return [
        Owned(f"{chart}/{pair.source.rpartition('/')[2].removesuffix('.yaml')}", manifest.object)
        for pair in pairs
        for manifest in read_manifests(pair.document).manifests
    ]


def _written(state: State, environment: str) -> list[Owned]:
    return [Owned(_owner(path, body), body) for path, body in _manifests(state, environment)]


def _owner(path: str, body: Mapping[str, Any]) -> str:
    """Whose a committed manifest is: a service's Application, a domain's project, a namespace's guard rails."""
    parts = path.removesuffix(".yaml").split("/")
    labels = (body.get("metadata") or {}).get("labels") or {}
    if parts[0] == "namespaces":
        name = labels.get("app.kubernetes.io/name")
        return f"{labels.get('app.kubernetes.io/part-of', parts[-1])}/{name or 'namespaces'}"
    return f"{parts[-2]}/{parts[-1]}" if len(parts) > 2 else f"{parts[-1]}/argocd"
