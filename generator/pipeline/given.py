"""Manifests that were not written here, as texts: files, folders, charts, and what comes through a pipe."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.finding import ChartroomError
from generator.helm import PACKED, read_any_chart, renderer
from generator.pipeline.generate import TOOLS

PIPE = Path("-")
_PIPED = "stdin"
_SUFFIXES = (".yaml", ".yml", ".json")
_CHART = "Chart.yaml"
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_HIDDEN = "."


class NoManifests(ChartroomError):
    """A path that cannot be read, or holds no object."""


@dataclass(frozen=True, slots=True)
class Given:
    """A text with objects. `template` is the Helm template that printed it, where one did."""

    path: str
    text: str
    template: str | None = None


def read_given(root: Path, paths: Sequence[Path]) -> list[Given]:
    """Return the text of each file; of a chart, what it renders with its own values. Each file counts once.

    Raises:
        NoManifests: a path cannot be read, or is what only kustomize can put together.
        HelmError: a chart does not render.
    """
    found: dict[str, list[Given]] = {}
    for path in paths:
        for part in _parts(path):
            key = str(part.resolve()) if part != PIPE else _PIPED
            if key not in found:
                found[key] = list(_rendered(root, part)) if _is_chart(part) else [_read(part)]
    return [given for texts in found.values() for given in texts]


def read_crds(given: Sequence[Given], paths: Sequence[Path]) -> Iterator[Given]:
    """Yield every text that may define kinds: the given ones, and files of definitions."""
    yield from given
    for path in paths:
        yield from read_files(path)


def read_files(path: Path) -> Iterator[Given]:
    """Yield the text of a file, or of each file in a folder."""
    for file in _files(path) if path.is_dir() else [path]:
        yield _read(file)


def _is_chart(path: Path) -> bool:
    return path.is_dir() or path.name.endswith(PACKED)


def _parts(path: Path) -> Iterator[Path]:
    """Yield files, and folders that are charts."""
    if path == PIPE or not path.is_dir() or (path / _CHART).is_file():
        yield path
        return
    for name in _KUSTOMIZATIONS:
        if (path / name).is_file():
            raise NoManifests(
                f"{path}: only kustomize can put it together; hand its output over:"
                f" `kubectl kustomize {path} | chartroom check --manifests -`"
            )
    for item in sorted(path.iterdir()):
        if item.is_dir() and not item.name.startswith(_HIDDEN):
            yield from _parts(item)
        elif item.suffix in _SUFFIXES and item.is_file():
            yield item


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in _SUFFIXES and file.is_file())


def _read(path: Path) -> Given:
    try:
        text = sys.stdin.buffer.read().decode() if path == PIPE else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NoManifests(f"{_PIPED if path == PIPE else path}: it cannot be read: {error}") from error
    return Given(_PIPED if path == PIPE else str(path), text)


def _rendered(root: Path, chart: Path) -> Iterator[Given]:
    texts = read_any_chart(chart)
    for pair in renderer(root / TOOLS).render(texts, "{}"):
        inside = pair.source.partition("/")[2]
        yield Given(f"{chart}/{inside}", pair.document, texts.texts.get(inside, ""))
