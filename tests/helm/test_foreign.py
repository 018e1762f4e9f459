"""Charts of others are read as they lie: in a folder or packed, with dependencies packed inside."""

import io
import tarfile
from pathlib import Path

import pytest

from generator.helm import Engine, HelmError, read_any_chart

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
NEEDS = 'dependencies: [{name: inner, version: 1.0.0, repository: ""}]\n'
PRINTS = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Chart.Name }}}\n"
    'data: {motd: {{ .Files.Get "motd" | quote }}}\n'
)


def pack(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def a_chart(name: str) -> dict[str, bytes]:
    return {
        f"{name}/Chart.yaml": CHART.format(name=name).encode(),
        f"{name}/templates/map.yaml": PRINTS.encode(),
        f"{name}/motd": f"hello from {name}".encode(),
        f"{name}/logo.png": b"\x89PNG\xff",
    }


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def rendered(path: Path) -> list[str]:
    return [pair.document for pair in Engine().render(read_any_chart(path), "{}")]


def test_folder_and_archive_are_one_chart(tmp_path: Path) -> None:
    put(tmp_path, a_chart("outer"))
    (tmp_path / "outer.tgz").write_bytes(pack(a_chart("outer")))
    folder, archive = read_any_chart(tmp_path / "outer"), read_any_chart(tmp_path / "outer.tgz")
    assert (folder.name, folder.texts) == (archive.name, archive.texts)
    assert sorted(folder.texts) == ["Chart.yaml", "motd", "templates/map.yaml"]
    assert "hello from outer" in "".join(rendered(tmp_path / "outer.tgz"))


def test_packed_dependency_is_unpacked(tmp_path: Path) -> None:
    outer = a_chart("outer") | {"outer/charts/inner-1.0.0.tgz": pack(a_chart("inner"))}
    outer["outer/Chart.yaml"] += NEEDS.encode()
    put(tmp_path, outer)
    (tmp_path / "outer.tgz").write_bytes(pack(outer))
    for path in (tmp_path / "outer", tmp_path / "outer.tgz"):
        said = "".join(rendered(path))
        assert "hello from outer" in said
        assert "hello from inner" in said


def test_links_are_followed_once(tmp_path: Path) -> None:
    put(tmp_path, a_chart("outer"))
    (tmp_path / "outer/round").symlink_to(tmp_path / "outer")
    put(tmp_path, {"elsewhere/note": b"x"})
    (tmp_path / "outer/extra").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "outer/.git").mkdir()
    (tmp_path / "outer/.git/config").write_text("x")
    assert sorted(read_any_chart(tmp_path / "outer").texts) == [
        "Chart.yaml",
        "extra/note",
        "motd",
        "templates/map.yaml",
    ]


def test_entry_that_would_leave_the_archive_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(pack(a_chart("a") | {"a/../../etc/passwd": b"x"}))
    assert all(".." not in name for name in read_any_chart(tmp_path / "a.tgz").texts)


def test_what_is_too_large_for_a_template_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, a_chart("outer") | {"outer/huge": b"x" * 5_000_001})
    assert "huge" not in read_any_chart(tmp_path / "outer").texts


def test_archive_that_is_no_chart_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(b"no archive")
    with pytest.raises(HelmError, match=r"a\.tgz cannot be read: "):
        read_any_chart(tmp_path / "a.tgz")
    (tmp_path / "b.tgz").write_bytes(pack({"one/x": b"", "two/y": b""}))
    with pytest.raises(HelmError, match=r"b\.tgz holds no chart$"):
        read_any_chart(tmp_path / "b.tgz")
