"""When the fingerprint of inputs changes, and when it does not."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.tree import fingerprint


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in ("values/site.yaml", "values/apps/media/sonarr.yaml", "values/apps/media/files/a.conf", "charts/x.tpl"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "values/link").symlink_to("site.yaml")
    return tmp_path


PATHS = ["values", "charts/x.tpl", "absent.yaml"]

CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda root: (root / "values/site.yaml").write_text("other"),
    "content, same size and time": lambda root: rewrite_in_place(root / "values/site.yaml"),
    "new file": lambda root: (root / "values/new.yaml").touch(),
    "removed file": lambda root: (root / "values/site.yaml").unlink(),
    "renamed file": lambda root: (root / "values/site.yaml").rename(root / "values/sitf.yaml"),
    "deep file": lambda root: (root / "values/apps/media/files/a.conf").write_text("other"),
    "named file": lambda root: (root / "charts/x.tpl").write_text("other"),
    "absent file appears": lambda root: (root / "absent.yaml").touch(),
    "link target": lambda root: relink(root / "values/link"),
    "link becomes a file": lambda root: replace_link(root / "values/link"),
}


def rewrite_in_place(place: Path) -> None:
    status = place.stat()
    place.write_bytes(place.read_bytes()[::-1])
    os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))


def relink(place: Path) -> None:
    place.unlink()
    place.symlink_to("other.yaml")


def replace_link(place: Path) -> None:
    place.unlink()
    place.write_text("site.yaml")


@pytest.mark.parametrize("change", CHANGES)
def test_fingerprint_changes(root: Path, change: str) -> None:
    before = fingerprint(root, PATHS)

    CHANGES[change](root)

    assert fingerprint(root, PATHS) != before


def test_fingerprint_stays(root: Path) -> None:
    before = fingerprint(root, PATHS)

    (root / "values/empty folder").mkdir()
    (root / "outside.yaml").touch()
    os.utime(root / "values/site.yaml", (0, 0))

    assert fingerprint(root, [*reversed(PATHS), "values/site.yaml"]) == before


def test_fingerprint_does_not_let_names_and_contents_run_together(tmp_path: Path) -> None:
    sets = [{"a": "b"}, {"ab": ""}, {"a": "", "b": ""}, {"a": "filein/b"}]
    seen = set()
    for number, files in enumerate(sets):
        (tmp_path / str(number) / "in").mkdir(parents=True)
        for path, content in files.items():
            (tmp_path / str(number) / "in" / path).write_text(content)
        seen.add(fingerprint(tmp_path / str(number), ["in"]))

    assert len(seen) == len(sets)


def test_fingerprint_of_the_same_files_elsewhere_is_the_same(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    there = tmp_path_factory.mktemp("there") / "copy"
    there.symlink_to(root)

    assert fingerprint(there, PATHS) == fingerprint(root, PATHS)


def test_fingerprint_does_not_follow_a_folder_that_is_a_link(root: Path) -> None:
    (root / "values/loop").symlink_to(".")
    before = fingerprint(root, ["values", "values/loop"])

    (root / "values/loop").unlink()

    assert fingerprint(root, ["values", "values/loop"]) != before
