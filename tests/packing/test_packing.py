"""Pods on nodes, by hand and on the real catalogue."""

import shutil
from pathlib import Path

import pytest

from generator.finding import format_finding
from generator.packing import Misfit, Piece, Room, largest, pack
from generator.pipeline.packing import judge_packing
from generator.pipeline.workspace import Workspace, open_workspace

_ROOT = Path(__file__).parents[2]
_ALL = frozenset({"n1", "n2"})
_OWN = "a node of its own"
_TWO = (Room("n1", 1000, 1000, {"gpu": 1}), Room("n2", 1000, 2000))


def piece(name: str, cpu_m: int = 0, memory: int = 0, nodes: frozenset[str] = _ALL, **more: object) -> Piece:
    return Piece(name, cpu_m, memory, nodes, **more)  # type: ignore[arg-type]  # passed on as given


@pytest.mark.parametrize(
    "pieces",
    [
        [piece("a", 1000), piece("b", 1000)],
        [piece("small", 0, 1000), piece("large", 0, 2000)],  # the large one first, or it would find no place
        [piece("any", 900), piece("gpu", 900, devices={"gpu": 1})],
        [piece("any", 900), piece("bound", 900, nodes=frozenset({"n1"}))],
        [piece("a", apart=True), piece("a", apart=True)],
    ],
)
def test_what_fits_finds_its_place(pieces: list[Piece]) -> None:
    assert pack(_TWO, pieces) == ()


@pytest.mark.parametrize(
    ("one", "pieces", "lacks"),
    [
        (piece("x", 1001), [], (("n1", "CPU"), ("n2", "CPU"))),
        (piece("x", 0, 2001), [], (("n1", "memory"), ("n2", "memory"))),
        (piece("x", devices={"gpu": 2}), [], (("n1", "gpu"), ("n2", "gpu"))),
        (piece("x", nodes=frozenset({"gone"})), [], ()),
        (piece("x", apart=True), [piece("x", apart=True)] * 2, (("n1", _OWN), ("n2", _OWN))),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_what_each_node_lacks(
    one: Piece, pieces: list[Piece], lacks: tuple[tuple[str, str], ...]
) -> None:
    assert pack(_TWO, [*pieces, one]) == (Misfit(one, lacks),)


def test_a_node_takes_no_more_than_its_limit_of_pods() -> None:
    room = Room("n1", 10, 10, pods=2)
    found = pack([room], [piece(name) for name in ("a", "b", "c")])
    assert found == (Misfit(piece("c"), (("n1", "pods"),)),)
    assert pack([], [piece("a")]) == (Misfit(piece("a"), ()),)


def test_the_largest_nodes_are_those_with_most_memory_then_cpu() -> None:
    rooms = [Room("a", 1, 5), Room("b", 2, 5), Room("c", 2, 5), Room("d", 9, 4)]
    assert [room.name for room in largest(rooms)] == ["b", "c"]
    assert largest([]) == ()


def test_the_catalogue_fits_with_its_largest_node_lost() -> None:
    for fleet in open_workspace(_ROOT).fleets.values():
        assert [format_finding(finding) for finding in judge_packing(fleet)] == []


def _changed(tmp_path: Path, path: str, old: str, new: str) -> Workspace:
    shutil.copytree(_ROOT / "values", tmp_path / "values")
    file = tmp_path / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return open_workspace(tmp_path)


def test_a_pod_that_no_node_can_hold_is_found(tmp_path: Path) -> None:
    old = "requests: {cpu: 100m, memory: 2Gi}"
    workspace = _changed(tmp_path, "values/apps/media/plex.yaml", old, old.replace("2Gi", "40Gi"))
    found = judge_packing(workspace.fleets["prod"])
    assert [(finding.place.path, finding.message, finding.fix) for finding in found] == [
        (
            "values/apps/media/plex.yaml",
            "'plex' (100m CPU, 40960Mi, 1 intel-gpu) finds no node in 'prod': talos-4 lacks memory; "
            "talos-5 lacks memory; talos-6 lacks memory; talos-7 lacks memory",
            "lower its requests, or add a node to the inventory",
        )
    ]


def test_what_fits_only_while_all_nodes_live_is_found(tmp_path: Path) -> None:
    """One worker with a GPU instead of three: gone with its node."""
    workspace = _changed(tmp_path, "values/inventory/prod.yaml", "devices: {intel-gpu: 1, tun: 8}", "devices: {tun: 8}")
    assert {finding.place.path for finding in judge_packing(workspace.fleets["prod"])} >= {
        "values/apps/media/plex.yaml"
    }
    other = tmp_path / "other"
    shutil.copytree(_ROOT / "values", other / "values")
    file = other / "values/inventory/prod.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    once = [line if "talos-4:" in line else line.replace("devices: {intel-gpu: 1,", "devices: {") for line in lines]
    file.write_text("".join(once), encoding="utf-8")
    messages = [finding.message for finding in judge_packing(open_workspace(other).fleets["prod"])]
    assert messages
    assert all("with talos-4 lost" in message or "intel-gpu" in message for message in messages)
