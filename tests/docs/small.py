"""A small fleet with one of each thing that pages show; its files lie flat in fleet/."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from generator.catalogue import Resolver, read_sources
from generator.docs import build, read_facts, read_remarks
from generator.fleet.model import Fleet
from generator.fleet.resolve import resolve

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden"


def _texts() -> dict[str, str]:
    """The files below fleet/ by the path that they have in a repository; dots are slashes."""
    return {
        f"{file.stem.replace('.', '/')}.yaml": file.read_text()
        for file in sorted((Path(__file__).parent / "fleet").glob("*.yaml"))
    }


def write_values(root: Path, changes: Mapping[str, str | None] | None = None, facts: bool = True) -> Path:
    """Write the fleet below `root`, with some files of values/ changed or left out."""
    changed = {f"values/{path}": text for path, text in (changes or {}).items()}
    for path, text in {**_texts(), **changed}.items():
        if text is not None and (facts or not path.startswith("tests/")):
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    return root


def fleets_of(root: Path) -> dict[str, Fleet]:
    """Resolve every environment below `root`."""
    sources = read_sources(root)
    assert [finding.message for finding in sources.findings] == []
    resolver = Resolver(sources)
    found = {}
    for name in sources.environments:
        catalogue = resolver.resolve(name)
        assert catalogue is not None
        found[name] = resolve(catalogue)
    return found


def pages_of(root: Path) -> dict[str, str]:
    """Build every page of the fleet below `root`."""
    files = [str(file.relative_to(root)) for file in (root / "values").rglob("*.yaml")]
    return build(fleets_of(root), read_facts(root), read_remarks(root, files))


@lru_cache(maxsize=1)
def real_fleets() -> dict[str, Fleet]:
    """The fleet of this repository."""
    return fleets_of(ROOT)


@lru_cache(maxsize=1)
def real_pages() -> dict[str, str]:
    return pages_of(ROOT)
