"""Small trees to write, and a way to look at what stands on disk."""

from collections.abc import Mapping
from pathlib import Path

from generator.tree import LEDGER_PATH, LOCK_PATH, Content, Link, Report, Scope, Tree, hold, write
from generator.tree.ledger import WRITTEN_PATH
from generator.tree.step import Step, no_step

SCOPE = Scope(folders=("charts", "kubernetes", "docs/reference"), by_people=("charts/common", "charts/README.md"))

OLD: dict[str, Content] = {
    "charts/media/Chart.yaml": b"name: media\nversion: 1.0.0\n",
    "charts/media/charts/common": Link("../../common"),
    "charts/media/templates/sonarr.yaml": b"sonarr\n",
    "charts/media/templates/radarr.yaml": b"radarr\n",
    "docs/reference/ports.md": b"# Ports\n",
    "kubernetes/prod/apps/media.yaml": b"kind: Application\n",
}
# Against OLD: one file changed, one gone with its folder, one gone, a file that became a folder, a link retargeted.
NEW: dict[str, Content] = {
    "charts/media/Chart.yaml": b"name: media\nversion: 1.0.1\n",
    "charts/media/charts/common": Link("../../common-2"),
    "charts/media/templates/sonarr.yaml": b"sonarr\n",
    "docs/reference/ports.md/all.md": b"# All ports\n",
    "kubernetes/dev/apps/media.yaml": b"kind: Application\n",
    "kubernetes/staging": b"nothing here\n",
}


def tree_of(entries: Mapping[str, Content]) -> Tree:
    return Tree(SCOPE, entries)


def write_tree(root: Path, entries: Mapping[str, Content], step: Step = no_step) -> Report:
    root.mkdir(exist_ok=True)
    with hold(root, wait_s=0) as held:
        return write(held, tree_of(entries), step=step)


def on_disk(root: Path) -> dict[str, Content]:
    """Return everything below `root` but the ledgers and the lock: files, links, and empty folders as `<path>/`."""
    found: dict[str, Content] = {}
    for place in sorted(root.rglob("*")):
        path = place.relative_to(root).as_posix()
        if place.is_symlink():
            found[path] = Link(str(place.readlink()))
        elif place.is_file():
            found[path] = place.read_bytes()
        elif not any(place.iterdir()):
            found[f"{path}/"] = b""
    return {path: content for path, content in found.items() if path not in (LEDGER_PATH, WRITTEN_PATH, LOCK_PATH)}


def ledger(root: Path) -> str:
    return (root / LEDGER_PATH).read_text()


def ledger_paths(root: Path) -> list[str]:
    return [line.split("  ", 1)[1] for line in ledger(root).splitlines() if not line.startswith("#")]
