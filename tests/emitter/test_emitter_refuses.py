"""What emit refuses, with the whole text of each error."""

import pytest

from generator.emitter import EmitError, emit, emit_all


def nested(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [{"b": {1}}]}, "a[0].b: {1} is of type set, which YAML has no word for"),
        (b"x", "the document: b'x' is of type bytes, which YAML has no word for"),
        ({"a": {1: 2}}, "a.1: the key 1 is of type int, keys are text"),
        ({"a": {True: 2}}, "a.True: the key True is of type bool, keys are text"),
        ({"a": {None: 2}}, "a.None: the key None is of type NoneType, keys are text"),
        ({"a": float("nan")}, "a: nan is no number to Kubernetes"),
        ([float("-inf")], "[0]: -inf is no number to Kubernetes"),
        (
            {"a": 2**53 + 1},
            "a: 9007199254740993 is beyond 2^53, where Helm no longer reads whole numbers exactly; quote it",
        ),
        ({"a": 1e300}, "a: 1e+300 is beyond 2^53, where Helm no longer reads whole numbers exactly; quote it"),
        ({"a": "x\ud800"}, "a: half a surrogate pair (\\ud800), which is no text"),
        ({"a": "x\ny\udfff\n"}, "a: half a surrogate pair (\\udfff), which is no text"),
        ({"a": '"\ud800'}, "a: half a surrogate pair (\\ud800), which is no text"),
        ({"b\ud800": 1}, "b\\ud800: half a surrogate pair (\\ud800), which is no text"),
        ({"k" * 1001: 1}, "k" * 60 + ": a key of 1,001 letters, YAML readers give up after 1,000"),
        ({".a": {"b.c": {1}}}, ".a.b.c: {1} is of type set, which YAML has no word for"),
        (
            nested(102),
            "[0][0][0][0][0][0][0][0]...: more than 100 steps of indentation; does it contain itself?",
        ),
    ],
)
def test_emit_refuses(value: object, text: str) -> None:
    with pytest.raises(EmitError) as error:
        emit(value)

    assert str(error.value) == text


def test_emit_refuses_a_map_that_contains_itself() -> None:
    value: dict[str, object] = {}
    value["a"] = value

    with pytest.raises(EmitError) as error:
        emit(value)

    assert str(error.value) == "a.a.a.a.a.a.a.a...: more than 100 steps of indentation; does it contain itself?"


def test_emit_all_names_the_document() -> None:
    with pytest.raises(EmitError) as error:
        emit_all([1, {"a": {2}}])

    assert str(error.value) == "document 2: a: {2} is of type set, which YAML has no word for"


@pytest.mark.parametrize("letter", ["\r", "\x85", "\u2028", "\0", "\ufeff", "\t", "\ud800"])
def test_emit_refuses_a_header_that_would_break_out_of_its_comment(letter: str) -> None:
    with pytest.raises(EmitError) as error:
        emit({}, header=f"one\nfrom {letter}x: y")

    assert str(error.value) == f"the header line {f'from {letter}x: y'!r} holds letters that do not print"


def test_emit_writes_a_hundred_steps_of_indentation() -> None:
    assert emit(nested(101)) == "- " * 101 + "[]\n"
