"""Charts of others: whatever lies in the folder, packed dependencies unpacked."""

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from generator.helm.error import HelmError
from generator.helm.texts import ChartTexts

PACKED = (".tgz", ".tar.gz")
_CHART = "Chart.yaml"
_LARGEST_BYTES = 5_000_000


def read_any_chart(path: Path) -> ChartTexts:
    """Read a chart from its folder or its archive, with every text that a template may ask for.

    Raises:
        HelmError: it cannot be read. A dependency that is not there is left to the engine to tell.
    """
    try:
        if path.is_dir():
            return ChartTexts(path.resolve().name, dict(_of_folder(path)))
        texts = dict(_of_archive(path.read_bytes()))
    except (OSError, tarfile.TarError) as error:
        raise HelmError(f"{path} cannot be read: {error}") from error
    names = {name.split("/")[0] for name in texts}
    if len(names) != 1 or f"{min(names)}/{_CHART}" not in texts:
        raise HelmError(f"{path} holds no chart")
    top = min(names)
    return ChartTexts(top, {name.removeprefix(f"{top}/"): text for name, text in texts.items()})


def _of_folder(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the texts of a folder; links to folders are followed, but never round in circles."""
    seen = set()
    for place, below, files in os.walk(folder, followlinks=True):
        below[:] = sorted(name for name in below if not name.startswith("."))
        here = Path(place).resolve()
        if here in seen:
            below.clear()
            continue
        seen.add(here)
        for name in sorted(files):
            path = Path(place) / name
            inside = path.relative_to(folder)
            if name.endswith(PACKED) and inside.parent.name == "charts":
                yield from ((f"{inside.parent}/{part}", text) for part, text in _of_archive(path.read_bytes()))
            else:
                text = _text(path.read_bytes())
                if text is not None:
                    yield inside.as_posix(), text


def _of_archive(packed: bytes) -> Iterator[tuple[str, str]]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            stored = archive.extractfile(member) if member.isfile() and ".." not in name.parts else None
            content = stored.read(_LARGEST_BYTES + 1) if stored is not None else b""
            if member.name.endswith(PACKED) and name.parent.name == "charts":
                yield from ((f"{name.parent}/{part}", text) for part, text in _of_archive(content))
            elif stored is not None and (text := _text(content)) is not None:
                yield str(name), text


def _text(content: bytes) -> str | None:
    """Return what a template could print; pictures and the like are none of it."""
    if len(content) > _LARGEST_BYTES:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
