"""Text from YAML shows every letter of itself and does nothing, in a paragraph and in a table."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from generator.docs.markdown import Markdown, code, codes, escape, join, link, table

PARSER = MarkdownIt("commonmark").enable("table")
ESCAPED = [
    ("Media server", "Media server"),
    ("", ""),
    ("   ", ""),
    ("10.0.20.0/24", "10.0.20.0/24"),
    ("a | b", "a &#124; b"),
    ("`rm`", "\\`rm\\`"),
    ("two\nlines\r\n\tand a tab", "two lines and a tab"),
    ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
    ("a --> b --!> c -> d", "a --&gt; b --!&gt; c -> d"),
    ("{{ site.x }} {% raw %} {# x #} {a}", "{\\{ site.x }} {\\% raw %} {\\# x #} {a}"),
    ("{{{ x", "{\\{\\{ x"),
    ("*bold* and [text](javascript:x)", "\\*bold\\* and \\[text\\](javascript:x)"),
    ("NET_ADMIN _x_ A__B __y__", "NET_ADMIN \\_x\\_ A__B \\_\\_y\\_\\_"),
    ("AT&T &amp; co", "AT&amp;T &amp;amp; co"),
    ("back\\slash", "back\\\\slash"),
    ("# heading", "\\# heading"),
    ("> quote", "\\> quote"),
    ("- item", "\\- item"),
    ("+ item", "\\+ item"),
    ("= line", "\\= line"),
    ("1. item", "1\\. item"),
    ("23) item", "23\\) item"),
    ("1", "1"),
    ("~~~", "\\~\\~\\~"),
    ("https://example.org and www.example.org", "https&#58;//example.org and www&#46;example.org"),
    ("ops@example.net costs 5$", "ops&#64;example.net costs 5\\$"),
    ("left\u202eright\u2028line\x00nul", "left right line nul"),
]
CODED = [
    ("media/sonarr", "`media/sonarr`"),
    ("", ""),
    ("metrics: {interval: 120s}", "`metrics: {interval: 120s}`"),
    ("<b>", "`<b>`"),
    ("a\nb", "`a b`"),
    ("a | b", "<code>a &#124; b</code>"),
    ("`", "<code>&#96;</code>"),
    ("{{ x }}", "<code>&#123;&#123; x &#125;&#125;</code>"),
    ("a\\|b https://x", "<code>a&#92;&#124;b https&#58;//x</code>"),
]
LINKED = [
    (("sonarr", "sonarr.md"), "[sonarr](sonarr.md)"),
    (("a]b", "https://example.org/a)b|c <d>"), "[a\\]b](https://example.org/a%29b%7Cc%20%3Cd%3E)"),
    (("x", "https://example.org/%20?a=b&c#d"), "[x](https://example.org/%20?a=b&c#d)"),
    (("click", "javascript:alert(1)"), "click (javascript:alert(1))"),
]


@pytest.mark.parametrize(("text", "wanted"), ESCAPED)
def test_escape(text: str, wanted: str) -> None:
    assert escape(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), CODED)
def test_code(text: str, wanted: str) -> None:
    assert code(text) == wanted


@pytest.mark.parametrize(("arguments", "wanted"), LINKED)
def test_link(arguments: tuple[str, str], wanted: str) -> None:
    assert link(*arguments) == wanted


def test_join_escapes_what_is_no_markdown() -> None:
    assert join(["*a*", Markdown("*b*")]) == "\\*a\\*, *b*"
    assert codes(["a", "b"]) == "`a`, `b`"


def test_table_escapes_cells() -> None:
    assert table(("a", "b"), [("x|y", Markdown("**z**"))]) == "| a | b |\n|---|---|\n| x&#124;y | **z** |"


def test_table_without_rows_is_nothing() -> None:
    assert table(("a", "b"), []) == ""


def shown(text: str) -> str:
    """What a reader should see: the letters, blanks and unseen marks run together."""
    return re.sub("[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+", " ", text).strip()


def inline(html: str) -> tuple[str, set[str]]:
    """The text of rendered HTML, and the tags around it."""
    from html import unescape

    tags = set(re.findall(r"<(/?[a-z0-9]+)", html))
    return unescape(re.sub(r"<[^>]*>", "", html)).strip(), tags


HOSTILE = st.text(st.sampled_from("aA1 _*`|\\<>&{}%#![]()~$@:-+=.\n\t/w\"'é\u202e"), max_size=30) | st.text(max_size=30)


@given(HOSTILE)
def test_any_text_in_a_cell_stays_one_cell_of_text(text: str) -> None:
    html = PARSER.render(table(("head", "next"), [(text, "end")]))
    cells = re.findall(r"<td>(.*?)</td>", html, re.DOTALL)
    assert len(cells) == 2
    assert inline(cells[0]) == (shown(text), set())
    assert cells[1] == "end"


@given(HOSTILE)
def test_any_text_as_a_paragraph_stays_a_paragraph(text: str) -> None:
    assert inline(PARSER.render(escape(text))) == (shown(text), {"p", "/p"} if shown(text) else set())


@given(HOSTILE)
def test_any_text_as_code_stays_code_in_a_cell(text: str) -> None:
    html = PARSER.render(table(("head", "next"), [(code(text), "end")]))
    cells = re.findall(r"<td>(.*?)</td>", html, re.DOTALL)
    assert len(cells) == 2
    assert inline(cells[0]) == (shown(text), {"code", "/code"} if shown(text) else set())


@given(HOSTILE)
def test_any_text_of_a_link_stays_its_text(text: str) -> None:
    html = PARSER.render(table(("head",), [(link(f"x{text}", "a.md"),)]))
    assert inline(re.findall(r"<td>(.*?)</td>", html, re.DOTALL)[0]) == (shown(f"x{text}"), {"a", "/a"})


@given(HOSTILE)
def test_nothing_of_liquid_is_left(text: str) -> None:
    for written in (escape(text), code(text)):
        assert "{{" not in written
        assert "{%" not in written
