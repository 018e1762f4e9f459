"""Every key and value remembers where it was written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.emitter import emit
from generator.finding import Place
from generator.source import Map, Seq, Value, place_at, plain, read_bytes, walk_leaves

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85")
SCALARS: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(LETTERS, max_size=12)
    | st.integers(-9999, 9999).map(lambda n: n / 8)
)
TREES: st.SearchStrategy[Any] = st.dictionaries(
    st.text(LETTERS, max_size=8),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(LETTERS, max_size=8), inner, max_size=3),
        max_leaves=12,
    ),
    min_size=1,
    max_size=5,
)
TEXT = """\
a: 1
"b c":
  - x
  - {d: [true, ~], e: }
  - f: |
      text
    "ü": 'ä'
g: {}
"""


def places(value: Value, path: tuple[object, ...] = ()) -> dict[tuple[object, ...], tuple[Place, Place]]:
    """Key and value place of everything below `value`; an item of a list has its own place twice."""
    found: dict[tuple[object, ...], tuple[Place, Place]] = {}
    if isinstance(value, Map):
        for key, item in value.items():
            found[(*path, key)] = (value.key_place(key), value.value_place(key))
            found |= places(item, (*path, key))
    elif isinstance(value, Seq):
        for index, item in enumerate(value):
            found[(*path, index)] = (value.item_place(index), value.item_place(index))
            found |= places(item, (*path, index))
    return found


def test_places_point_at_keys_and_values() -> None:
    tree = read_bytes("f.yaml", TEXT.encode()).tree
    assert {path: (key[1:], value[1:]) for path, (key, value) in places(tree).items()} == {
        ("a",): ((1, 1), (1, 4)),
        ("b c",): ((2, 1), (3, 3)),
        ("b c", 0): ((3, 5), (3, 5)),
        ("b c", 1): ((4, 5), (4, 5)),
        ("b c", 1, "d"): ((4, 6), (4, 9)),
        ("b c", 1, "d", 0): ((4, 10), (4, 10)),
        ("b c", 1, "d", 1): ((4, 16), (4, 16)),
        ("b c", 1, "e"): ((4, 20), (4, 23)),
        ("b c", 2): ((5, 5), (5, 5)),
        ("b c", 2, "f"): ((5, 5), (5, 8)),
        ("b c", 2, "ü"): ((7, 5), (7, 10)),
        ("g",): ((8, 1), (8, 4)),
    }


@given(tree=TREES)
def test_what_is_emitted_is_read_back_with_right_places(tree: dict[str, Any]) -> None:
    text = emit(tree)
    document = read_bytes("f.yaml", text.encode())
    assert document.findings == ()
    assert plain(document.tree) == tree
    lines = text.split("\n")
    for path, (key, value) in places(document.tree).items():
        for place in (key, value):
            assert (place.path, 1 <= place.line <= len(lines)) == ("f.yaml", True)
        if isinstance(path[-1], str):
            assert lines[key.line - 1][key.column - 1 :].startswith(emit({path[-1]: 0}).removesuffix(" 0\n"))
        found: Any = tree
        for step in path:
            found = found[step]
        rest = lines[value.line - 1][value.column - 1 :]
        if not isinstance(found, str | dict | list) or not found:
            assert rest == emit(found).rstrip("\n")


def test_place_at_stops_at_the_last_thing_that_exists() -> None:
    tree = read_bytes("f.yaml", b"a:\n  b: [x, {c: 1}]\n").tree
    assert place_at(tree, ())[1:] == (1, 1)
    assert place_at(tree, ("a", "b", 1, "c"))[1:] == (2, 14)
    assert place_at(tree, ("a", "b", 1, "c"), of_key=True)[1:] == (2, 11)
    assert place_at(tree, ("a", "b", 7, "c"))[1:] == (2, 6)
    assert place_at(tree, ("a", "z", 1))[1:] == (2, 3)
    assert place_at(tree, ("z",), of_key=True)[1:] == (1, 1)
    assert place_at("x", (), fallback=Place("g")) == Place("g")
    with pytest.raises(ValueError, match="a bare scalar has no place; give a fallback"):
        place_at("x", ())


def test_places_of_what_is_not_there_are_those_of_the_owner() -> None:
    tree = read_bytes("f.yaml", b"a: {b: [1]}\n").tree
    inner = tree.child("a")
    assert (inner.key_place("z"), inner.value_place("z")) == (inner.place, inner.place)
    assert tree.child("z") == {}
    assert tree.child("z").place == tree.place
    items = inner["b"]
    assert isinstance(items, Seq)
    assert (items.item_place(0)[1:], items.item_place(5)) == ((1, 9), items.place)


def test_leaves_come_in_file_order_with_empty_containers() -> None:
    tree = read_bytes("f.yaml", b"a: [1, {b: 2}]\nc: {}\nd: []\ne: null\n").tree
    assert [(path, value, place[1:]) for path, value, place in walk_leaves(tree)] == [
        (("a", 0), 1, (1, 5)),
        (("a", 1, "b"), 2, (1, 12)),
        (("c",), {}, (2, 4)),
        (("d",), [], (3, 4)),
        (("e",), None, (4, 4)),
    ]


def test_copy_is_shallow_and_keeps_places_and_nulls() -> None:
    tree = read_bytes("f.yaml", b"a: {b: null}\n").tree
    twin = tree.copy()
    twin.put("c", 1, Place("g"), Place("g"))
    assert (plain(tree), plain(twin)) == ({"a": {"b": None}}, {"a": {"b": None}, "c": 1})
    assert twin.has_null
    assert twin.key_place("a") == tree.key_place("a")
