"""Texts and names that have broken out of YAML, of templates or of shells somewhere before."""

from hypothesis import strategies as st

# Plain scalars that some reader takes for something else, and letters that mean something to YAML,
# to Go's templates, to shells or to our own references.
TRICKY = (
    "", " ", "yes", "no", "on", "y", "~", "null", "Null", "true", "TRUE", "0", "0777", "0x1F", "1e3", "1_000",
    "12:30", "1.10", ".5", ".inf", "-", "- x", "? x", ": x", "a: b", "a:", "a #b", "#", "&a", "*a", "!!str", "!x",
    "|", ">", "%x", "@x", "`x`", "'", '"', "''", "\\", "\\n", "{", "}", "[", "]", "{a: b}", "[a, b]", ",", "---",
    "...", "--- x", "<<", "=", "{{", "}}", "{{ .Values }}", '{{ printf "x" }}', "{{/* x", "{{- end -}}", "$", "$$",
    "${", "$${x}", "$(", "$()", "2027-05-31", "2001-12-14t21:59:43Z", "1.2.3.4", "0.0.0.0/0", "x\ny", "x\n---\ny",
    "x\n", "\nx", "x\n\n", "\n", " x", "x ", "\tx", "x\t", "\t", "x\r\ny", "\r", "x\n  y: z", "x\n- y", "x\n# y",
    "# Source: a/templates/b.yaml", "é", "日本語", "\U0001f600", "\u2028", "\u2029", "\u200b",
    "\u202e", "__proto__", "<script>", "%!s(int=1)", "../../etc", "/etc/passwd", "a" * 300,
    "apiVersion: v1\nkind: Secret",
)  # fmt: skip
# No reader of a manifest takes these, so files that hold them are refused.
UNPRINTABLE = ("\x00", "\x01", "\x1b[31m", "\x7f", "\x85", "\x9f", "\ufeff", "\ufffe")
_LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff")


def texts(longest: int = 20) -> st.SearchStrategy[str]:
    """Draw any text that a file may hold, and seldom one that it may not."""
    usual = st.one_of(st.sampled_from(TRICKY), st.text(_LETTERS, max_size=longest), _several_lines())
    return _IS_SELDOM.flatmap(lambda seldom: st.sampled_from(UNPRINTABLE) if seldom else usual)


def words() -> st.SearchStrategy[str]:
    """Draw a text of one line that is not empty, such as a summary."""
    return texts().map(lambda text: " ".join(text.split())[:80]).map(lambda text: text or "x")


def plain_texts() -> st.SearchStrategy[str]:
    """Draw a text that holds no reference of ours or of Kubernetes, so it arrives as it was written."""
    return texts().filter(lambda text: "$" not in text)


def _several_lines() -> st.SearchStrategy[str]:
    lines = st.one_of(st.sampled_from(TRICKY), st.text(_LETTERS, max_size=8))
    return st.lists(lines, min_size=2, max_size=4).map("\n".join)


_IS_SELDOM = st.sampled_from([False] * 49 + [True])
