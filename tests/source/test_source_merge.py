"""Layers: the five rules of merging, and its laws."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.emitter import emit
from generator.finding import Finding, format_finding
from generator.source import Map, MergeRules, merge, plain, read_bytes, settle


def tree(text: str, path: str = "f.yaml") -> Map:
    document = read_bytes(path, text.encode())
    assert document.findings == ()
    return document.tree


def merged(below: str, above: str, rules: MergeRules | None = None) -> tuple[object, list[str]]:
    findings: list[Finding] = []
    arguments = (tree(below, "below"), tree(above, "above"), findings)
    result = merge(*arguments, rules) if rules else merge(*arguments)
    return plain(result), [format_finding(finding) for finding in findings]


ACCEPTED: dict[str, tuple[str, str, dict[str, object]]] = {
    "map on map": ("a: {b: 1, c: 2}", "a: {c: 3, d: 4}", {"a": {"b": 1, "c": 3, "d": 4}}),
    "list replaces as a whole": ("a: [1, 2]", "a: [3]", {"a": [3]}),
    "scalar on map": ("a: {b: 1}", "a: x", {"a": "x"}),
    "map on scalar": ("a: x", "a: {b: 1}", {"a": {"b": 1}}),
    "map on list": ("a: [1]", "a: {b: 1}", {"a": {"b": 1}}),
    "empty map changes nothing": ("a: {b: 1}", "a: {}", {"a": {"b": 1}}),
    "empty map is put where nothing was": ("a: 1", "b: {}", {"a": 1, "b": {}}),
    "empty list replaces": ("a: [1]", "a: []", {"a": []}),
    "null removes": ("a: 1\nb: 2", "a: null", {"b": 2}),
    "null removes deep": ("a: {b: {c: 1, d: 2}}", "a: {b: {c: null}}", {"a": {"b": {"d": 2}}}),
    "null removes a map": ("a: {b: 1}", "a: null", {}),
    "order of first appearance": ("a: 1\nb: 2", "c: 3\na: 4", {"a": 4, "b": 2, "c": 3}),
    "null in a list is a value": ("a: 1", "a: [null]", {"a": [None]}),
    "false and zero are values": ("a: 1\nb: 1", "a: false\nb: 0", {"a": False, "b": 0}),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_merge_lays_one_tree_over_another(name: str) -> None:
    below, above, expected = ACCEPTED[name]
    result, findings = merged(below, above)
    assert (result, findings) == (expected, [])
    assert isinstance(result, dict)
    assert list(result) == list(expected)


def test_null_with_nothing_to_remove_is_a_finding_at_each_depth() -> None:
    result, findings = merged("a: {b: 1}", "a: {c: null}\nd: {e: {f: null}}\ng: null")
    assert result == {"a": {"b": 1}, "d": {"e": {}}}
    fix = "[source/null-removes-nothing]\n  fix: delete the line, or give"
    assert findings == [
        f"above:1:8: error: null removes 'c', and no layer below has it {fix} 'c' a value",
        f"above:2:12: error: null removes 'f', and no layer below has it {fix} 'f' a value",
        f"above:3:4: error: null removes 'g', and no layer below has it {fix} 'g' a value",
    ]


PASSING = MergeRules(passes_null=lambda path: path[0] == "values")


def test_null_is_passed_on_where_it_has_a_meaning_unless_it_removes() -> None:
    assert merged("values: {a: 1}", "values: {a: null, b: null, c: {d: null}}", PASSING) == (
        {"values": {"b": None, "c": {"d": None}}},
        [],
    )


EITHER = MergeRules(
    exclusive=lambda path: (
        {"size": frozenset({"nfs"}), "nfs": frozenset({"size", "class"})} if path == ("volume",) else None
    )
)


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        ("volume: {size: 1, class: a, path: /}", "volume: {nfs: b}", {"path": "/", "nfs": "b"}),
        ("volume: {nfs: b}", "volume: {size: 1, class: a}", {"size": 1, "class": "a"}),
        ("volume: {nfs: b}", "volume: {class: a}", {"nfs": "b", "class": "a"}),
        ("volume: {size: 1}", "volume: {size: 2}", {"size": 2}),
        ("volume: {size: 1}", "volume: {size: 2, nfs: b}", {"size": 2, "nfs": "b"}),
    ],
)
def test_choosing_one_alternative_removes_the_others_and_what_is_theirs(
    below: str, above: str, expected: dict[str, object]
) -> None:
    assert merged(below, above, EITHER) == ({"volume": expected}, [])


def test_null_of_an_alternative_chooses_nothing() -> None:
    result, findings = merged("volume: {size: 1}", "volume: {nfs: null}", EITHER)
    assert (result, len(findings)) == ({"volume": {"size": 1}}, 1)


def test_settle_leaves_a_tree_without_nulls_as_it_is() -> None:
    findings: list[Finding] = []
    whole = tree("a: {b: 1}")
    assert settle(whole, findings) is whole
    assert (plain(settle(tree("a: {b: null}\nc: 1"), findings)), len(findings)) == ({"a": {}, "c": 1}, 1)


def test_places_come_from_the_layer_that_won() -> None:
    result = merge(tree("a: 1\nm: {x: 1, z: 2}", "below"), tree("m: {z: 3}\nb: 4", "above"), [])
    inner = result.child("m")
    assert [result.value_place(key).path for key in ("a", "m", "b")] == ["below", "above", "above"]
    assert [inner.value_place(key).path for key in ("x", "z")] == ["below", "above"]


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers(0, 3) | st.sampled_from(["x", True, None]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
TREES = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4).map(lambda value: tree(emit(value)))


def without_null(value: object) -> object:
    """RFC 7396, the other way round: what a tree of its own comes to."""
    if isinstance(value, dict):
        return {key: without_null(item) for key, item in value.items() if item is not None}
    return value


def patched(below: object, above: object) -> object:
    """RFC 7396, section 2, as its pseudo code says."""
    if not isinstance(above, dict):
        return above
    result = dict(below) if isinstance(below, dict) else {}
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key), value)
    return result


@given(below=TREES, above=TREES)
def test_merge_is_the_merge_patch_of_rfc_7396(below: Map, above: Map) -> None:
    settled = settle(below, [])
    assert plain(merge(settled, above, [])) == patched(plain(settled), plain(above))


@given(one=TREES)
def test_empty_is_the_identity_on_both_sides(one: Map) -> None:
    settled, findings = settle(one, []), list[Finding]()
    assert plain(merge(settled, Map(one.place), findings)) == plain(settled)
    assert plain(merge(Map(one.place), settled, findings)) == plain(settled)
    assert findings == []


@given(below=TREES, above=TREES)
def test_merging_again_changes_nothing(below: Map, above: Map) -> None:
    once = merge(settle(below, []), above, [])
    if not above.has_null:
        assert plain(merge(once, above, [])) == plain(once)


# Where a key is a map in one layer it is one in all: replacing a map by a list forgets what was below.
KINDS = {
    "scalar": st.integers(0, 3),
    "list": st.lists(st.integers(0, 3), max_size=2),
    "map": st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), max_size=2),
}
TYPED = st.fixed_dictionaries({"x": st.just(0)}, optional=KINDS).map(lambda value: tree(emit(value)))


@given(one=TYPED, two=TYPED, three=TYPED)
def test_layers_without_null_may_be_merged_in_either_grouping(one: Map, two: Map, three: Map) -> None:
    left = merge(merge(one, two, []), three, [])
    assert plain(left) == plain(merge(one, merge(two, three, []), []))


@given(below=TREES, above=TREES)
def test_inputs_are_never_changed(below: Map, above: Map) -> None:
    before = (plain(below), plain(above), dict(below.marks), dict(above.marks))
    merge(below, above, [], EITHER)
    assert (plain(below), plain(above), dict(below.marks), dict(above.marks)) == before


@given(below=TREES, above=TREES)
def test_every_key_of_the_result_has_its_place(below: Map, above: Map) -> None:
    def check(value: object) -> None:
        if isinstance(value, Map):
            assert value.keys() == value.marks.keys()
            for item in value.values():
                check(item)

    result = merge(settle(below, []), above, [])
    check(result)
    assert result.has_null == any(value is None or getattr(value, "has_null", False) for value in result.values())
