"""What is kept between two runs: whole or not at all, and never more than values."""

from pathlib import Path

import pytest

from generator.docs import Kept, NamespaceTables
from generator.docs.markdown import Markdown
from generator.pipeline.memo.around import Around, pack, unpack
from generator.pipeline.memo.store import FOLDER, Known, Memo, load, load_around, save
from generator.pipeline.memo.window import Unprovable, Window
from generator.pipeline.workspace import open_workspace

ROOT = Path(__file__).parents[2]
AROUND = {"media": b"what stands around media", "ai": b"what stands around ai"}


def _memo() -> Memo:
    tables = NamespaceTables(Markdown("| a |"), Markdown("| b |"), {"prod": {"media": ["1", "2", "3", "4"]}})  # type: ignore[dict-item]
    part = {
        "name": "media",
        "tier": "apps",
        "summary": "x",
        "owner": "y",
        "services": Markdown(""),
        "budget": Markdown(""),
    }
    return Memo(
        program="this one",
        inputs={"values/site.yaml": "0" * 64},
        seal="1" * 64,
        texts={"values/apps/media/a.yaml": "summary: ä\n"},
        services={"a": Known("values/apps/media/a.yaml", "ro")},
        environments=("prod", "dev"),
        domains=1,
        operators={"prod": ["cilium.io"], "dev": []},  # type: ignore[dict-item]
        steps={"prod": {"a": 2}, "dev": {}},
        near={"media": ["b"]},  # type: ignore[dict-item]
        kept=Kept({"prod": {}}, False, [part], 1, tables),
        warnings=({"rule": "x"},),
    )


def _files(root: Path) -> list[Path]:
    return sorted((root / FOLDER).iterdir())


def test_a_memo_comes_back_as_it_was(tmp_path: Path) -> None:
    save(tmp_path, _memo(), AROUND)
    found = load(tmp_path, "this one")
    assert found is not None
    assert (found.inputs, found.texts, found.services, found.kept) == (
        _memo().inputs, _memo().texts, _memo().services, _memo().kept,
    )  # fmt: skip
    assert {name: load_around(tmp_path, found, name) for name in AROUND} == AROUND
    assert found.names("prod", "r") == frozenset({"a"})
    assert found.names("dev", "rt") == frozenset()
    assert type(found.kept.namespaces.namespaces) is Markdown


def test_only_the_newest_memo_stays(tmp_path: Path) -> None:
    save(tmp_path, _memo(), AROUND)
    save(tmp_path, _memo(), {"media": b"another"})
    assert [file.name.startswith(("memo.json", "memo-around-")) for file in _files(tmp_path)] == [True, True]


def test_another_program_does_not_take_it(tmp_path: Path) -> None:
    save(tmp_path, _memo(), AROUND)
    assert load(tmp_path, "another one") is None


@pytest.mark.parametrize("at", [0, 30, 65, 66, 200, -1])
def test_a_damaged_memo_counts_as_absent(tmp_path: Path, at: int) -> None:
    save(tmp_path, _memo(), AROUND)
    file = tmp_path / FOLDER / "memo.json"
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    assert at == 64 or load(tmp_path, "this one") is None
    file.write_bytes(bytes(content)[: at % len(content)])
    assert load(tmp_path, "this one") is None
    file.unlink()
    assert load(tmp_path, "this one") is None


def test_what_stands_around_a_domain_counts_as_absent_when_damaged(tmp_path: Path) -> None:
    save(tmp_path, _memo(), AROUND)
    found = load(tmp_path, "this one")
    assert found is not None
    file = next(file for file in _files(tmp_path) if file.name != "memo.json")
    file.write_bytes(file.read_bytes().replace(b"around media", b"around MEDIA"))
    assert (load_around(tmp_path, found, "media"), load_around(tmp_path, found, "ai")) == (None, AROUND["ai"])
    assert load_around(tmp_path, found, "nothing") is None
    file.unlink()
    assert load_around(tmp_path, found, "ai") is None


def test_a_memo_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    save(tmp_path, _memo(), AROUND)
    file = tmp_path / FOLDER / "memo.json"
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert load(tmp_path, "this one") is None


def test_a_disk_that_refuses_keeps_no_memo(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("a file")
    save(tmp_path, _memo(), AROUND)
    assert load(tmp_path, "this one") is None


def test_what_stands_around_a_domain_comes_back_as_it_was() -> None:
    fleets = open_workspace(ROOT).fleets
    packed = pack(fleets.values())
    for name, fleet in fleets.items():
        own = [service.name for service in fleet.services_of("media")]
        around = unpack(packed["media"]).get(name, Around())
        touching = [edge for edge in fleet.edges if {_service(edge.source), _service(edge.target)} & set(own)]
        assert [(edge.source, edge.target, edge.ports, edge.reason, edge.place.path) for edge in touching] == [
            (edge.source, edge.target, edge.ports, edge.reason, edge.place.path) for edge in around.edges
        ]
        assert around.probes == tuple(probe for probe in fleet.probes if probe.service in own)
    databases = unpack(packed["databases"])["prod"].databases
    assert databases == fleets["prod"].databases


def _service(end: object) -> object:
    return getattr(end, "service", None)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"prod": {}}', b'{"prod": {"ends": [["os", {}]]}}'])
def test_nothing_else_is_unpacked(content: bytes) -> None:
    with pytest.raises((ValueError, KeyError, AttributeError)):
        unpack(content)


def test_a_window_knows_every_name_and_gives_up_on_what_is_far() -> None:
    window = Window({"a": 1}, {"b": 2}, frozenset({"a", "b", "c"}))
    assert (list(window), len(window), window["b"], window.get("d")) == (["a"], 1, 2, None)
    assert [name in window for name in "abcd"] == [True, True, True, False]
    with pytest.raises(Unprovable, match="'c' is not at hand"):
        window.get("c")
