"""Texts made harmless for where they are printed. Findings quote what strangers wrote."""

import re

# What a terminal obeys, what turns the direction of reading, and halves of letters.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_MARKDOWN = re.compile(r"[\\`*_\[\]<>|~$&]")
# What becomes a link, a mention or a picture: an address, @person, #12, :word:. A blank of no width keeps it apart.
_LINKED = re.compile(r"[@#](?=\w)|:(?=//|[\w+-]*[a-z_+-][\w+-]*:)|(?<=www)\.", re.ASCII)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_APART = "&#8203;"


def _shown(match: re.Match[str]) -> str:
    letter = match[0]
    code = ord(letter)
    return _SHORT.get(letter) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def visible(text: str) -> str:
    """Return one line of text in which every letter that is obeyed or not seen is written out."""
    return _UNSEEN.sub(_shown, text)


def visible_line(text: str, column: int) -> tuple[str, str]:
    """Return a source line and the margin of the caret below its column. Tabs stay tabs in both."""
    pieces = [letter if letter == "\t" else visible(letter) for letter in text]
    before = pieces[: max(column - 1, 0)]
    return "".join(pieces), "".join("\t" if piece == "\t" else " " * len(piece) for piece in before)


def markdown(text: str) -> str:
    """Return text that Markdown prints as it stands: no markup, no link, no mention, no cell end."""
    escaped = _MARKDOWN.sub(lambda match: _NAMED.get(match[0], f"\\{match[0]}"), visible(text))
    return _LINKED.sub(lambda match: f"{match[0]}{_APART}", escaped)


def markdown_code(text: str, in_table: bool = False) -> str:
    """Return text as a code span; in a table a bar needs a stroke before it even there."""
    shown = visible(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    blank = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    if in_table:
        shown = shown.replace("|", "\\|")
    return f"{fence}{blank}{shown or ' '}{blank}{fence}"


def fence_for(*lines: str) -> str:
    """Return a fence that no line of a code block can close."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    return "`" * max(3, longest + 1)


def command_message(text: str) -> str:
    """Return text as the message of a GitHub workflow command. Line ends stay, written out."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """Return text as a property of a GitHub workflow command."""
    return command_message(text).replace(":", "%3A").replace(",", "%2C")
