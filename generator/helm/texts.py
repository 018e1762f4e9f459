"""A chart as texts by path, from disk or from memory, and as the archive that the engine loads."""

import gzip
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from generator.helm.error import HelmError

_LIBRARY = "charts/common"
_RENDERED = (".yaml", ".tpl", ".json")
_DEFAULTS = frozenset({"values.yaml", "values.schema.json"})


@dataclass(frozen=True)
class ChartTexts:
    """A chart in memory: path inside the chart -> text, the library below charts/common included."""

    name: str
    texts: Mapping[str, str]

    @cached_property
    def archive(self) -> bytes:
        """Packed as `helm package` packs it, but hardly compressed."""
        return _archive(self.texts)

    @cached_property
    def bare_archive(self) -> bytes:
        """Without default values and their schema: for values that are complete and known to fit."""
        return _archive({path: text for path, text in self.texts.items() if path not in _DEFAULTS})


def read_chart(folder: Path) -> ChartTexts:
    """Read everything of a chart that Helm renders with, the linked library included.

    Raises:
        HelmError: the folder or its library cannot be read.
    """
    return ChartTexts(folder.name, dict(_read(folder, folder)) | library_texts(folder / _LIBRARY))


def library_texts(folder: Path) -> dict[str, str]:
    """The library as it lies in a chart.

    Raises:
        HelmError: the folder cannot be read, or holds no Chart.yaml.
    """
    texts = {f"{_LIBRARY}/{path}": text for path, text in _read(folder, folder)}
    if f"{_LIBRARY}/Chart.yaml" not in texts:
        raise HelmError(f"{folder} holds no Chart.yaml")
    return texts


def _read(root: Path, folder: Path) -> Iterator[tuple[str, str]]:
    try:
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                if path != root / "charts":
                    yield from _read(root, path)
            elif path.suffix in _RENDERED:
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
    except NotADirectoryError as error:
        raise HelmError(f"{folder} is no folder: links must be checked out as links (core.symlinks)") from error
    except OSError as error:
        raise HelmError(f"{folder} cannot be read: {error.strerror}") from error


def _archive(texts: Mapping[str, str]) -> bytes:
    """Pack texts below one folder: whatever it is called, Helm takes the name of a chart from its Chart.yaml."""
    members = b"".join(_member(path, texts[path]) for path in sorted(texts))
    return gzip.compress(members + bytes(2 * tarfile.BLOCKSIZE), compresslevel=1, mtime=0)


# The library lies in every chart.
@lru_cache(maxsize=256)
def _member(path: str, text: str) -> bytes:
    content = text.encode()
    entry = tarfile.TarInfo(f"chart/{path}")
    entry.size = len(content)
    return entry.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % tarfile.BLOCKSIZE)
