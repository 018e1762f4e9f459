"""Whatever a finding quotes stays text: no markup, no command, no escape sequence, no end of a cell."""

import json
import re
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from generator.finding import Finding, Place, Severity
from generator.report import (
    FORMATS,
    Connection,
    End,
    Holding,
    Listed,
    Report,
    RuleRun,
    WaiverLine,
    format_baseline,
    render,
    summary,
)
from generator.report.escape import markdown, visible
from generator.report.json_format import report_schema
from generator.report.sarif import sarif_schema, to_sarif

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "</style></script><!--",
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "\n::error file=x::owned",
    "%0A::error::owned",
    "::warning file=a,line=1::b",
    "]]>",
    "a|b",
    "| x |\n|---|",
    "`` ` ```",
    "@everyone #12 https://evil.example www.evil.example :tada:",
    "[a](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "{{ 7 * 7 }} {% raw %}",
    "\u202egnp.exe",
    "\ud800",
    "\ufffe\x00",
    "$x^2$",
    "<details>",
    "\u2028",
    "~~~~\n```\n# heading",
    "\\",
)
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(), min_size=1, max_size=30),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=3).map(" ".join),
)
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ud800-\udfff]")


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report in which every text is hostile."""
    place = Place(draw(texts), draw(st.integers(1, 9)), draw(st.integers(1, 40)))
    finding = Finding(
        place,
        draw(texts),
        draw(texts),
        draw(texts),
        draw(st.sampled_from(Severity)),
        (place,),
        draw(texts),
        objects=(draw(texts),),
    )
    line = draw(texts).replace("\n", " ")
    listed = Listed(
        finding,
        f"{'0' * 32}:1",
        draw(st.sampled_from(["open", "waived", "baselined"])),
        draw(texts),
        draw(texts),
        line,
        draw(st.integers(1, 9)),
        draw(texts),
        draw(texts),
        (draw(texts),),
    )
    return Report(
        "0",
        "2026-11-21",
        (listed, replace(listed, state="open")),
        rules=(
            RuleRun(
                finding.rule, draw(texts), Severity.ERROR, page=draw(texts), why=draw(texts), reference=draw(texts)
            ),
        ),
        connections=(
            Connection(draw(texts), End(draw(texts), draw(texts)), End(draw(texts)), draw(texts), remark=draw(texts)),
        ),
        holdings=(Holding(draw(texts), draw(texts), draw(texts), draw(texts), place, draw(texts)),),
        waivers=(
            WaiverLine(draw(texts), draw(texts), draw(texts), draw(texts), "2026-01-01", "2026-02-01", 3, place=place),
        ),
        narrowed=draw(texts),
        notes=(draw(texts),),
    )


class _Tags(HTMLParser):
    """Collects what a browser would take for markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", (data,)))


def _tags(page: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = _Tags()
    parser.feed(page)
    parser.close()
    return parser.tags


def _tame(value: Any) -> Any:
    """The same report with one harmless word in place of every text."""
    if isinstance(value, str) and type(value) is str:
        return (
            value if value in ("open", "waived", "baselined", "active") or re.fullmatch(r"[0-9:.-]+", value) else "word"
        )
    if isinstance(value, Place):
        return Place("word", value.line, value.column)
    if isinstance(value, tuple):
        return tuple(_tame(item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{part.name: _tame(getattr(value, part.name)) for part in fields(value)})
    return value


@given(reports())
def test_html_has_the_same_tags_whatever_the_texts_are(report: Report) -> None:
    allowed = set(_tags(render(_tame(report), "html")))
    found = _tags(render(report, "html"))
    assert {tag for tag, _ in found} <= {tag for tag, _ in allowed} | {"br"}
    events = [name for _, names in found for name in names if name.startswith("on") or name in ("style", "src")]
    assert events == []
    assert [tag for tag, _ in found].count("script") == 2


@given(reports())
def test_html_data_is_read_back_whole(report: Report) -> None:
    page = render(report, "html")
    block = re.search(r'<script type="application/json" id="connections">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    assert "<" not in block[1]
    rows = [row for group in json.loads(block[1]).values() for row in group]
    assert [row[1] for row in rows] == [visible(item.source.name) for item in report.connections]


@given(reports())
def test_no_format_prints_what_a_terminal_obeys(report: Report) -> None:
    for name in FORMATS:
        text = render(report, name)
        if name != "json":  # JSON writes them as \u0000 and carries them whole
            assert _OBEYED.search(text) is None, name
        text.encode("utf-8")
    assert _OBEYED.search(summary(report)) is None
    assert _OBEYED.search(format_baseline(report.findings)) is None


@given(reports())
def test_a_command_of_github_is_one_line_of_ours(report: Report) -> None:
    lines = render(report, "github").splitlines()
    assert len(lines) == len(report.open) + 1
    for line in lines[:-1]:
        match = re.fullmatch(r"::(error|warning) file=([^,:]*),line=\d+,col=\d+,title=([^,:]*)::(.*)", line)
        assert match is not None, line
        unescaped = match[3].replace("%2C", ",").replace("%3A", ":").replace("%0A", "\n").replace("%25", "%")
        assert unescaped == "\n".join(visible(part) for part in report.open[0].finding.rule.split("\n"))


@given(reports())
def test_junit_is_xml_that_says_the_same(report: Report) -> None:
    root = ElementTree.fromstring(render(report, "junit").encode())
    cases = root.findall("./testsuite/testcase")
    assert len(cases) == 1
    assert {child.tag for child in cases[0]} <= {"failure", "system-out", "skipped"}
    said = "".join(cases[0].itertext())
    assert visible(report.findings[0].finding.message).replace("\r", "") in said


@given(reports())
def test_text_puts_no_line_before_its_place(report: Report) -> None:
    """Nothing of a finding can begin a line, and so pass for another finding."""
    for line in render(report, "text").splitlines():
        head = visible(str(report.findings[0].finding.place))
        assert line.startswith(("    ", "  also: ", "  fix: ", f"{head}: "))


@given(reports())
def test_json_and_sarif_keep_to_their_schemas(report: Report) -> None:
    data = json.loads(render(report, "json"))
    assert list(jsonschema.Draft202012Validator(report_schema()).iter_errors(data)) == []
    assert list(jsonschema.Draft202012Validator(sarif_schema()).iter_errors(to_sarif(report))) == []


_READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@given(texts)
def test_markdown_reads_a_text_as_a_text(text: str) -> None:
    """In a paragraph and in a cell: one text, nothing of markup, and the words that were meant."""
    shown = visible(text).strip()
    paragraph = _READER.parse(f"x {markdown(text)} y")
    assert [token.type for token in paragraph] == ["paragraph_open", "inline", "paragraph_close"]
    children = paragraph[1].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    said = "".join(child.content for child in children).replace("\u200b", "")
    assert said.split() == f"x {shown} y".split()
    row = _READER.parse(f"| a | b |\n|---|---|\n| {markdown(text)} | end |\n")
    assert [token.type for token in row].count("td_open") == 2


@given(reports())
def test_markdown_summary_has_only_our_markup(report: Report) -> None:
    tokens = _READER.parse(render(report, "markdown"))
    inline = [child for token in tokens for child in token.children or ()]
    assert {"link_open", "image"}.isdisjoint(child.type for child in inline)
    html = "".join(token.content for token in [*tokens, *inline] if token.type in ("html_block", "html_inline"))
    assert set(re.findall(r"</?([a-z!]+)", html)) <= {"details", "summary", "sub", "!"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[0m\n\r\tb", "a\\x1b[0m\\n\\r\\tb"),
        ("\u202e\ud800", "\\u202e\\ud800"),
        ("ä – ✓ 日本", "ä – ✓ 日本"),
    ],
)
def test_what_is_not_seen_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("10.0.20.11:443 at values/a.yaml:9:9", "10.0.20.11:443 at values/a.yaml:9:9"),
        ("@anna", "@&#8203;anna"),
        ("see #12", "see #&#8203;12"),
        ("https://x.example", "https:&#8203;//x.example"),
        ("www.x.example", "www&#8203;.x.example"),
        (":tada:", ":&#8203;tada:"),
        ("<b> & a|b", "&lt;b&gt; &amp; a\\|b"),
    ],
)
def test_markdown_keeps_apart_what_would_be_a_link(text: str, written: str) -> None:
    assert markdown(text).replace(".&#8203;", "&#8203;.") == written


def test_the_caret_stands_below_its_letter_after_letters_that_are_written_out(tmp_path: Path) -> None:
    place = Place("f.yaml", 1, 6)
    finding = Finding(place, "a/b", "m", "f")
    report = Report("0", "2026-11-21", (Listed(finding, "x", source_line="\ta\x1b\tb: c"),))
    assert render(report, "text") == ("f.yaml:1:6: error: m [a/b]\n    \ta\\x1b\tb: c\n    \t     \t ^\n  fix: f\n")
