"""What a text is read as, written down: the table that Kubernetes answered, and our findings."""

import math
from typing import Any

import pytest

from generator.finding import Severity
from generator.schema.fault import Fault
from generator.schema.reading import Unreadable, read_document
from generator.schema.scalar import NoSuchValue, as_json, is_ambiguous, key_text, plain, tagged

READINGS: list[tuple[str, Any]] = [
    ("yes", True),
    ("On", True),
    ("y", True),
    ("n", False),
    ("off", False),
    ("0777", 511),
    ("08", 8),
    ("0o17", 15),
    ("0b11", 3),
    ("0b-11", -3),
    ("-0b11", -3),
    ("0x1F", 31),
    ("1e3", 1000),
    ("1_000", 1000),
    ("12:30", "12:30"),
    ("2020-01-01", "2020-01-01"),
    ("=", "="),
    ("1.0", 1),
    ("1.5", 1.5),
    (".5_0", 0.5),
    (".5_", ".5_"),
    ("1e400", "1e400"),
    ("1e20", 100000000000000000000),
    ("1e21", 1e21),
    ("18446744073709551615", 18446744073709551615),
    ("+18446744073709551615", 18446744073709552000),
    ("-9223372036854775809", -9223372036854776000),
    ("~", None),
    ("null", None),
    ("", None),
    ("tRue", "tRue"),
    ("infinity", "infinity"),
    ("-a", "-a"),
    ('"yes"', "yes"),
    ("'0777'", "0777"),
    ("!!str 12", "12"),
    ('!!int "12"', 12),
    ("!!float 1", 1),
    ("!!binary aGk=", "hi"),
    ("!!timestamp 2020-01-01", "2020-01-01"),
    ("!ours 12", "12"),
    ("! '12'", "12"),
]


@pytest.mark.parametrize(("text", "expected"), READINGS)
def test_scalar_reads_as_kubernetes_does(text: str, expected: Any) -> None:
    ((value,), _) = read_document(f"- {text}")
    assert (type(value), value) == (type(expected), expected)


REFUSED = [
    (".inf", "inf has no place in JSON"),
    ("-.INF", "-inf has no place in JSON"),
    (".nan", "nan has no place in JSON"),
    ("!!int 1.5", "'1.5' is no int"),
    ("!!bool x", "'x' is no bool"),
    ("!!null x", "'x' is no null"),
    ("!!timestamp 2020-13-01", "'2020-13-01' is no timestamp"),
    ("!!timestamp x", "'x' is no timestamp"),
    ("!!binary a", "'a' is no base64 text"),
    ("*a", "alias 'a' has no anchor"),
    ("&a [*a]", "anchor 'a' contains itself"),
    ("{[a]: 1}", "a mapping key is a collection"),
    ("? {a: 1}", "a mapping key is a collection"),
    ("{null: 1}", "the key null cannot be a key"),
    ("{18446744073709551615: 1}", "the key 18446744073709551615 cannot be a key"),
    ("&a [1]\n- {*a : 1}", "a mapping key is a collection"),
    ("{<<: 1}", "'<<' needs a mapping or a list of mappings"),
    ("{<<: [1]}", "'<<' needs a mapping or a list of mappings"),
    ("&a [{b: 1}]\n- {<<: *a}", "'<<' names a list by an alias"),
    ("[1", "this is no YAML: did not find expected ',' or ']'"),
    ("\x01", "the character '\\x01' may not stand in YAML"),
    ("\ud800", "the character '\\ud800' may not stand in YAML"),
    ("[" * 400, "the document nests deeper than 300 levels"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_text_is_refused_where_kubernetes_refuses_it(text: str, message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_document(f"- {text}")
    assert refused.value.fault.message == message


def test_refusal_names_the_line_and_what_to_do() -> None:
    with pytest.raises(Unreadable) as refused:
        read_document("a: 1\nb: !!int x\n", first_line=10)
    assert refused.value.fault == Fault(
        "schema/unreadable", (), "'x' is no int", "drop the tag, or write a value of that type", line=11
    )
    with pytest.raises(Unreadable) as refused:
        read_document("a: 1\nb: \x02\n", first_line=10)
    assert refused.value.fault.line == 11


@pytest.mark.parametrize("text", ["a: 1\n...\nb: 2\n", "a: 1\n...\n---\nb: 2\n", "a\n...\nb", '"a":1'])
def test_text_after_the_end_is_refused_since_it_would_be_lost(text: str) -> None:
    with pytest.raises(Unreadable, match="more text follows the end of the document and would be lost"):
        read_document(text)


@pytest.mark.parametrize(
    ("text", "value", "faults"),
    [
        ("a: 1\na: 2", {"a": 2}, ["the key 'a' stands twice in one mapping, the last one wins"]),
        ('1: a\n"1": b', {"1": "b"}, ["the key '1' stands twice in one mapping, the last one wins"]),
        (
            "b: &b {a: 1}\n<<: *b\na: 2",
            {"b": {"a": 1}, "a": 2},
            [
                "the plain scalar '<<' merges another mapping in and something else to other YAML readers",
                "the key 'a' stands twice in one mapping, the last one wins",
            ],
        ),
        (
            "'<<': {a: 1}\nk: {<<: [{a: 1}, {a: 2}]}",
            {"<<": {"a": 1}, "k": {"a": 1}},
            [
                "the plain scalar '<<' merges another mapping in and something else to other YAML readers",
                "the key 'a' stands twice in one mapping, the last one wins",
            ],
        ),
        (
            "a: yes",
            {"a": True},
            ["the plain scalar 'yes' is true to Kubernetes and something else to other YAML readers"],
        ),
        (
            "n: 12:30",
            {"false": "12:30"},
            [
                "the plain scalar 'n' is false to Kubernetes and something else to other YAML readers",
                "the plain scalar '12:30' is the text '12:30' to Kubernetes and something else to other YAML readers",
            ],
        ),
        (
            "a: 1e3",
            {"a": 1000},
            ["the plain scalar '1e3' is the number 1000 to Kubernetes and something else to other YAML readers"],
        ),
    ],
)
def test_doubtful_text_is_read_and_reported(text: str, value: Any, faults: list[str]) -> None:
    read, found = read_document(text)
    assert read == value
    assert [fault.message for fault in found] == faults


def test_findings_of_a_text_are_whole() -> None:
    _, (ambiguous, twice) = read_document("a: 0777\nb: 1\nb: 2\n", first_line=5)
    assert ambiguous == Fault(
        "schema/ambiguous-scalar",
        (),
        "the plain scalar '0777' is the number 511 to Kubernetes and something else to other YAML readers",
        'write "0777" if a text is meant, and the plain value if not',
        Severity.WARNING,
        5,
    )
    assert twice == Fault(
        "schema/duplicate-key",
        (),
        "the key 'b' stands twice in one mapping, the last one wins",
        "keep one 'b'",
        Severity.ERROR,
        7,
    )


AMBIGUOUS = ["yes", "On", "y", "n", "0777", "08", "0o17", "0b11", "1e3", "1_000", "12:30", "2020-01-01", "=", "<<"]
AMBIGUOUS += ["1.0", "1e400", "99999999999999999999", "1:1", "-.5_0"]
CLEAR = [
    "true",
    "False",
    "null",
    "~",
    "",
    "1",
    "-1",
    "+1",
    "0",
    "0x1F",
    "1.5",
    "-0.5",
    "text",
    "1.2.3",
    "10m",
    "0.25",
    "2Gi",
]
CLEAR += ["10.0.0.1", "::", "yess", ".", "-", "1a", "infinity", "18446744073709551615", ".inf", ".nan"]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_scalar_is_ambiguous_where_readers_disagree(text: str) -> None:
    assert is_ambiguous(text)


@pytest.mark.parametrize("text", CLEAR)
def test_scalar_is_clear_where_readers_agree(text: str) -> None:
    assert not is_ambiguous(text)


def test_excessive_aliasing_is_refused_as_kubernetes_refuses_it() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]" for old, new in zip("abcdef", "bcdefg", strict=True)]
    with pytest.raises(Unreadable, match="most of the document comes out of aliases"):
        read_document("\n".join(lines))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (1.5, "1.5"),
        (1e3, "1000"),
        (1e6, "1e+06"),
        (1e-5, "1e-05"),
        (16777217.0, "1.6777216e+07"),
        (0.1, "0.1"),
        (1e100, ".inf"),
        (-1e100, "-.inf"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
        (False, "false"),
        (7, "7"),
    ],
)
def test_key_becomes_the_text_that_go_writes(key: float, text: str) -> None:
    assert key_text(key) == text


def test_single_steps_answer_alone() -> None:
    assert as_json(1e-7) == 1e-7
    assert plain("=") == "="
    assert tagged("map", "x") == "x"
    with pytest.raises(NoSuchValue):
        tagged("int", "yes")
