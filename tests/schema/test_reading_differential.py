"""Our reader against sigs.k8s.io/yaml itself: a table of odd texts, then generated ones."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.schema.fault import DUPLICATE_KEY
from generator.schema.reading import Unreadable, read_document
from tests.schema.kubernetes_reader import KubernetesReader

WORD_LINES = """
yes On y n N NO off True TRUE null Null NULL ~ 0777 08 0o17 0O17 0b11 0B11 0x1F 0X1f 1e3 1E+3 1_000 1__0 1_ _1 -_1 +1
-0 0 00 12:30 190:20:30 2020-01-01 2020-1-1 2020-01-01T00:00:00Z = << .inf -.INF +.Inf .nan .NaN 1.0 1.5 -1.5 .5 . ..
+.5 1. 1.e5 1e400 -1e400 1e-400 1e20 1e21 1e22 123456789012345678901234567890 18446744073709551615
18446744073709551616 9223372036854775808 -9223372036854775808 -9223372036854775809 +18446744073709551615
0xFFFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFFF 07777777777777777777777777 0b-11 0b+1 -0b11 -0b-1 0b 0x 0o 0o8 09 -08 +08 0_8
0x_1 1e 1e+ e1 .e1 .5_0 ._5 .5_ .5__0 .5e1_0 .5e1_ .0x1 infinity nan -inf NaN Infinity +inf 1_e3 1.5_0 1._5 1.0e-7 1e-7
0.000001 0.0000001 tRue yEs oN - -a +a 1a 0b2 0b1_1 -0.0 0.0 -.0 1e5 1234567.0
"""
WORDS = WORD_LINES.split()
TAGS = ["str", "int", "float", "bool", "null", "timestamp", "binary", "seq", "map", "ours", "merge"]
TAGGED = ["1", "1.5", "08", "yes", "~", "", "x", '"1"', "aGk=", "a", "<<", "1e3", "2020-01-01", "2020-13-01"]
TAGGED += ['"2020-01-01T1:2:3Z"', '"2020-01-01T1:2:3"', "2020-01-01 1:2:3", "0000-2-29", "2020-01-01T1:2:3-25:00"]
SHAPES = [
    *[
        "!ours 12",
        "a: !ours [1]",
        "!!set {a, b}",
        "!!null {a: 1}",
        "a: !!null [1]",
        "a: &x 1\nb: *x",
        "a: &x {b: 1}\nc: *x",
    ],
    *[
        "a: &x [*x]",
        "a: *y",
        "&a a: *a",
        "<<: {a: 1}",
        "a: 2\n<<: {a: 1}",
        "<<: {a: 1}\na: 2",
        "<<: [{a: 1}, {a: 2, b: 3}]",
    ],
    *[
        "<<: 1",
        "<<: [1]",
        "<<: [[{a: 1}]]",
        "<<:",
        '"<<": {a: 1}',
        "!!merge <<: {a: 1}",
        "x: &x {a: 1}\nz: {<<: *x, b: 2}",
    ],
    *[
        "x: &x [{a: 1}]\nz: {<<: *x}",
        "x: &x 1\nz: {<<: *x}",
        "x: &x {a: 1}\nz: {<<: [*x, {a: 2}]}",
        "{a: 1}: 2",
        "[a]: 2",
    ],
    *[
        "? [a]\n: 1",
        "? a\n: b",
        "? a",
        "? ",
        "a: 1\na: 2",
        'a: 1\n"a": 2',
        "{a: 1, a: {b: 1, b: 2}}",
        "",
        "# only",
        "null",
    ],
    *[
        "1.0",
        ".inf",
        '"x"',
        "[1,2",
        "a: b: c",
        "a:\n- b\n- c",
        "\ta: 1",
        'a: "\\x41\\u00e9\\ud83d"',
        "a: |\n  x\n  y\n",
    ],
    *[
        "a: >-\n  x\n  y\n\n  z\n",
        "a: |+\n  x\n\n",
        "%YAML 1.1\n---\na: 1",
        "a: 1 # c",
        "a: #c",
        "- - 1\n  - 2",
        '{"a":1}',
    ],
    *[
        "a: \u00a0",
        "a: \u0085b",
        "a: \u2028b",
        "a: x\n  y",
        "a: \x01",
        "\ufeffa: 1",
        'a: "\\0"',
        "- 1\n-2",
        "a: !!str",
        "a: &b",
    ],
    *[
        "a: !<tag:yaml.org,2002:str> 1",
        "%TAG ! tag:yaml.org,2002:\n---\na: !str 1",
        'a: !!binary "aGk\n k="',
        "a: @x",
        "a: `x`",
    ],
    *[
        "a: %x",
        "a: -",
        "a: ?",
        "a: :",
        "- ",
        "a: [,]",
        "[a: 1]",
        "a: !!int",
        'a: ""',
        "a: ''",
        "a: 'it''s'",
        "a: 😀",
        "a: \x7f",
    ],
]
TABLE = [
    *[f"a: {word}" for word in WORDS],
    *[f"{word}: a" for word in WORDS],
    *[f"- ! {word}" for word in WORDS],
    *[f'- ! "{word}"' for word in WORDS],
    *[f"- !!{tag} {text}" for tag in TAGS for text in TAGGED],
    *SHAPES,
]


def typed(value: Any) -> Any:
    """Return a value in which 1, 1.0 and True differ."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return (type(value).__name__, value)


def difference(text: str, kubernetes_reader: KubernetesReader) -> str | None:
    """Say how our reading of a text differs from that of Kubernetes, None where it does not."""
    theirs = kubernetes_reader.read(text)
    try:
        value, faults = read_document(text)
    except Unreadable as error:
        return None if theirs.error else f"we refuse ({error}), Kubernetes reads {theirs.value!r}"
    if theirs.error:
        return f"we read {value!r}, Kubernetes refuses ({theirs.error})"
    if typed(value) != typed(theirs.value):
        return f"we read {value!r}, Kubernetes {theirs.value!r}"
    if theirs.strict is any(fault.rule == DUPLICATE_KEY for fault in faults):
        return f"strict reading says {theirs.strict}, we found {faults}"
    return None


def test_table_reads_as_kubernetes_reads_it(kubernetes_reader: KubernetesReader) -> None:
    differences = {text: said for text in TABLE if (said := difference(text, kubernetes_reader))}
    assert differences == {}
    assert len(TABLE) > 700


@settings(max_examples=1500)
@given(
    text=st.text("0123456789+-_.eExXoObByYnN~tTfF:aA ", min_size=1, max_size=9)
    | st.from_regex(r"[-+]?[0-9_]{1,4}[.:eE]?[-+]?[0-9_]{0,4}", fullmatch=True)
    | st.from_regex(
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?)?",
        fullmatch=True,
    )
)
def test_generated_scalar_reads_as_kubernetes_reads_it(kubernetes_reader: KubernetesReader, text: str) -> None:
    for whole in (f"- {text}", f"{text}: 1", f"- !!timestamp {text}", f"- !!float {text}"):
        assert difference(whole, kubernetes_reader) is None


@pytest.mark.parametrize("copies", [9, 10, 11, 60, 120])
def test_share_of_aliases_is_judged_as_kubernetes_judges_it(kubernetes_reader: KubernetesReader, copies: int) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{new}: &{new} [{', '.join([f'*{old}'] * copies)}]" for old, new in zip("abc", "bcd", strict=True)]
    text = "\n".join(lines)
    assert difference(text, kubernetes_reader) is None
