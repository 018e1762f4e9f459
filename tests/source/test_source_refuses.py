# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""What the reader refuses, with the whole message and its place."""

from pathlib import Path

import pytest

from generator.finding import format_finding
from generator.source import MAX_BYTES, MAX_DEPTH, plain, read_bytes, read_file

CHECK = "check quotes, brackets and indentation here and on the line above"
SHARE = "shared text belongs in a template"
REFUSED = {
    "anchor": (b"a: &x 1\n", f"1:4: error: anchor '&x' is not read here [source/refused] remove it; {SHARE}"),
    "anchor-of-a-map": (b"a: &x {b: 1}\n", f"1:4: error: anchor '&x' is not read here [source/refused] remove it; {SHARE}"),
    "anchor-of-a-list": (b"a: &x\n- 1\n", f"1:4: error: anchor '&x' is not read here [source/refused] remove it; {SHARE}"),
    "alias": (b"a: *x\n", f"1:4: error: alias '*x' is not read here [source/refused] write the value out; {SHARE}"),
    "python-tag": (
        b'a: !!python/object/apply:os.system ["id"]\n',
        "1:4: error: tag '!!python/object/apply:os.system' is not read here [source/refused] "
        "remove the tag; quote the value if it is text",
    ),
    "own-tag": (b"a: !env X\n", "1:4: error: tag '!env' is not read here [source/refused] remove the tag; quote the value if it is text"),
    "standard-tag": (b"a: !!str 5\n", "1:4: error: tag '!!str' is not read here [source/refused] remove the tag; quote the value if it is text"),
    "merge-key": (b"a:\n  <<: {b: 1}\n", f"2:3: error: merge key '<<' is not read here [source/refused] write the keys out; {SHARE}"),
    "directive": (b"%YAML 1.1\n---\na: 1\n", "1:1: error: a directive is not read here [source/refused] remove the line that begins with %"),
    "second-document": (b"a: 1\n---\nb: 2\n", "2:1: error: a second document is not read here [source/refused] keep one document in a file"),
    "list-as-key": (b"? [a]\n: b\n", "1:3: error: a list as a key is not read here [source/refused] use text as key"),
    "map-as-key": (b"{a: b}: c\n", "1:1: error: a mapping as a key is not read here [source/refused] use text as key"),
    "empty": (b"", "1:1: error: 'f.yaml' is empty [source/not-a-mapping] write `key: value` lines"),
    "comments": (b"# nothing\n", "1:1: error: 'f.yaml' is empty [source/not-a-mapping] write `key: value` lines"),
    "null": (b"~\n", "1:1: error: 'f.yaml' is empty [source/not-a-mapping] write `key: value` lines"),
    "list-at-top": (b"- a\n", "1:1: error: 'f.yaml' holds a list at its top, a mapping is expected [source/not-a-mapping] write `key: value` lines"),
    "text-at-top": (b"a\n", "1:1: error: 'f.yaml' holds text at its top, a mapping is expected [source/not-a-mapping] write `key: value` lines"),
    "number-at-top": (b"5\n", "1:1: error: 'f.yaml' holds a number at its top, a mapping is expected [source/not-a-mapping] write `key: value` lines"),
    "boolean-at-top": (b"true\n", "1:1: error: 'f.yaml' holds a boolean at its top, a mapping is expected [source/not-a-mapping] write `key: value` lines"),
    "nul": (b"a: x\0y\n", "1:5: error: character U+0000 is not printable [source/unprintable] remove it, or write it as an escape in double quotes"),
    "escape-character": (b"a: 1\nb: \x1b[0m\n", "2:4: error: character U+001B is not printable [source/unprintable] remove it, or write it as an escape in double quotes"),
    "not-utf8": (b"a: 1\nbc: \xff\n", "2:5: error: byte 0xff is not UTF-8 [source/not-utf8] save the file as UTF-8"),
    "latin1": ("ä: 1\n".encode("latin-1"), "1:1: error: byte 0xe4 is not UTF-8 [source/not-utf8] save the file as UTF-8"),
    "utf16": ("a: 1\n".encode("utf-16"), "1:1: error: byte 0xff is not UTF-8 [source/not-utf8] save the file as UTF-8"),
    "tab": (b"a:\n\tb: 1\n", "2:1: error: not YAML: found character that cannot start any token [source/syntax] indent with spaces"),
    "at-sign": (b"a: @b\n", "1:4: error: not YAML: found character that cannot start any token [source/syntax] quote the text that begins with `@`"),
    "star": (b"a: [*.plex.direct]\n", "1:6: error: not YAML: did not find expected alphabetic or numeric character [source/syntax] quote the text that begins with `*`"),
    "two-colons": (b"a: b: c\n", "1:5: error: not YAML: mapping values are not allowed in this context [source/syntax] quote the text that holds `: `, or correct the indentation"),
    "reference-in-flow": (b"a: {b: ${port:self}}\n", "1:9: error: not YAML: did not find expected ',' or '}' [source/syntax] quote the text that holds `${`, as flow style asks for"),
    "open-bracket": (b"a: [1,\nb: 2\n", f"3:1: error: not YAML: did not find expected ',' or ']' (while parsing a flow sequence from line 1) [source/syntax] {CHECK}"),
    "open-quote": (b"a: 1\nb: 'x\nc: 2\n", "2:4: error: not YAML: found unexpected end of stream [source/syntax] close the quote"),
    "unknown-escape": (b'a: "\\q"\n', "1:5: error: not YAML: found unknown escape character [source/syntax] use single quotes, or double the backslash"),
    "half-surrogate": (b'a: "\\ud800"\n', "1:7: error: not YAML: found invalid Unicode character escape code [source/syntax] use single quotes, or double the backslash"),
    "indentation": (b"- a\nb: c\n", f"2:1: error: not YAML: did not find expected '-' indicator (while parsing a block collection from line 1) [source/syntax] {CHECK}"),
}  # fmt: skip


def printed(content: bytes) -> str:
    """The findings on one line each: place, message, rule, fix."""
    found = read_bytes("f.yaml", content).findings
    lines = [format_finding(finding).replace("\n  fix:", "") for finding in found]
    return "\n".join(line.removeprefix("f.yaml:") for line in lines)


@pytest.mark.parametrize("name", REFUSED)
def test_reader_refuses_with_a_place_and_nothing_to_work_with(name: str) -> None:
    content, expected = REFUSED[name]
    assert printed(content) == expected
    assert read_bytes("f.yaml", content).tree == {}


AMBIGUOUS = (
    "yes", "No", "ON", "off", "y", "n", "True", "FALSE", "Null", "NULL", "022", "0o14", "0x1F", "0b101", "1_000", "12:30",
    "1:02:03", "1e3", "1.5E-3", "1.", ".5", "+5", "1.0", "1.10", "-0.50", ".inf", "-.Inf", ".nan", "=", str(2**53 + 1),
    "9" * 400, "9" * 400 + ".5",
)  # fmt: skip
CLEAR = {
    "true": True, "false": False, "null": None, "~": None, "": None, "0": 0, "-5": -5, "1.25": 1.25, "2026-02-14": "2026-02-14",
    "10.0.20.1": "10.0.20.1", "1.2.3": "1.2.3", "5Gi": "5Gi", "v1": "v1", "yesterday": "yesterday", "0s": "0s", "1h30m": "1h30m",
    "<": "<", "-": "-", "nope": "nope", "12:99": "12:99", str(2**53): 2**53, "tRue": "tRue",
}  # fmt: skip


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_ambiguous_scalar_is_a_finding_as_value_and_as_key(text: str) -> None:
    shown = text if len(text) <= 60 else text[:59] + "…"
    message = f"plain '{shown}' means different things to different YAML readers [source/ambiguous-scalar] quote it: \"{shown}\""
    assert printed(f"a: {text}\n".encode()) == f"1:4: error: {message}"
    assert printed(f"b:\n  {text}: x\n".encode()) == f"2:3: error: {message}"
    (finding,) = read_bytes("f.yaml", f"a: {text}\n".encode()).findings
    assert finding.replacement == f'"{text}"'


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_ambiguous_scalar_is_text_when_it_is_quoted(text: str) -> None:
    document = read_bytes("f.yaml", f"a: \"{text}\"\nb: '{text}'\n".encode())
    assert (document.findings, plain(document.tree)) == ((), {"a": text, "b": text})


@pytest.mark.parametrize("text", [text for text in CLEAR if text != "-"])
def test_clear_scalar_is_what_it_says(text: str) -> None:
    document = read_bytes("f.yaml", f"a: {text}\n".encode())
    assert (document.findings, plain(document.tree)) == ((), {"a": CLEAR[text]})


def test_duplicate_key_names_both_places_at_each_depth() -> None:
    assert printed(b"a: 1\nb: {c: 1, c: 2}\na: 2\n") == (
        "2:11: error: key 'c' is written twice, first at line 2 [source/duplicate-key]\n  also: f.yaml:2:5 keep one of the two\n"
        "3:1: error: key 'a' is written twice, first at line 1 [source/duplicate-key]\n  also: f.yaml:1:1 keep one of the two"
    )


def test_faults_that_do_not_stop_reading_are_all_found() -> None:
    document = read_bytes("f.yaml", b"a: yes\nb: 022\nc: {d: x}\n")
    assert [finding.place[1:] for finding in document.findings] == [(1, 4), (2, 4)]
    assert plain(document.tree) == {"a": "yes", "b": "022", "c": {"d": "x"}}


def test_billion_laughs_is_refused_before_anything_grows() -> None:
    text = "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert printed(text.encode()).startswith("1:4: error: anchor '&a' is not read here")


@pytest.mark.parametrize("opener", ["[", "{a: "])
def test_depth_is_bounded(opener: str) -> None:
    closer = "]" if opener == "[" else "}"
    deep = "a: " + opener * (MAX_DEPTH - 1) + closer * (MAX_DEPTH - 1)
    assert read_bytes("f.yaml", deep.encode()).findings == ()
    deeper = "a: " + opener * 100_000
    place = 4 + len(opener) * (MAX_DEPTH - 1)
    assert (
        printed(deeper.encode())
        == f"1:{place}: error: nesting is deeper than 64 levels [source/too-deep] flatten the file"
    )


def test_size_is_bounded_before_decoding() -> None:
    content = b"a: " + b"x" * (MAX_BYTES - 3)
    assert read_bytes("f.yaml", content).findings == ()
    assert printed(content + b"x") == (
        "1:1: error: 'f.yaml' has 1048577 bytes, at most 1048576 are read [source/too-big] "
        "split the file; large texts belong in files/"
    )


def test_byte_order_mark_and_windows_line_ends_are_read() -> None:
    document = read_bytes("f.yaml", b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\nc: yes\r\n")
    assert plain(document.tree) == {"a": 1, "b": "x\ny\n", "c": "yes"}
    assert [finding.place[1:] for finding in document.findings] == [(5, 4)]


def test_large_file_is_refused_by_its_size_on_disk(tmp_path: Path) -> None:
    with (tmp_path / "f.yaml").open("wb") as stream:
        stream.truncate(10 * MAX_BYTES)
    (finding,) = read_file(tmp_path, "f.yaml").findings
    assert format_finding(finding) == (
        "f.yaml:1:1: error: 'f.yaml' has 10485760 bytes, at most 1048576 are read [source/too-big]\n"
        "  fix: split the file; large texts belong in files/"
    )


def test_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    (finding,) = read_file(tmp_path, "a/f.yaml").findings
    assert format_finding(finding, tmp_path) == (
        "a/f.yaml:1:1: error: 'a/f.yaml' cannot be read: No such file or directory [source/unreadable]\n"
        "  fix: make it a readable file"
    )


def test_folder_in_place_of_a_file_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").mkdir()
    (finding,) = read_file(tmp_path, "f.yaml").findings
    assert finding.message == "'f.yaml' cannot be read: Is a directory"


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("a: 1\n")
    (tmp_path / "f.yaml").symlink_to("real.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for name in ("f.yaml", "loop.yaml"):
        document = read_file(tmp_path, name)
        assert [format_finding(finding) for finding in document.findings] == [
            f"{name}:1:1: error: '{name}' is a symbolic link, links are not followed here [source/symbolic-link]\n"
            "  fix: put the file itself there"
        ]
        assert document.tree == {}


def test_file_is_read_below_its_root(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("a: {b: [1, x]}\n")
    document = read_file(tmp_path, "f.yaml")
    assert (document.path, plain(document.tree), document.findings) == ("f.yaml", {"a": {"b": [1, "x"]}}, ())
