"""A comparison as text for a terminal, and as Markdown for a pull request."""

from collections.abc import Iterator

from generator.diff.change import Change
from generator.diff.compare import Diff, Entry

_FIELDS = 5
_SIGNS = {"+": "new", "-": "gone", "~": "changed"}


def as_text(diff: Diff) -> str:
    """Return the comparison as lines, without a trailing newline."""
    lines = [_summary(diff)]
    for entry in diff.entries:
        lines += ["", f"{entry.owner} ({', '.join(entry.environments)})"]
        lines += [f"  DANGER {mark.kind}: {mark.reason}" for mark in entry.marks]
        lines += [f"  {line}" for change in entry.changes for line in _change(change)]
    lines += [f"note: {note}" for note in diff.notes]
    return "\n".join(lines)


def _summary(diff: Diff) -> str:
    if not diff.entries:
        return f"nothing that ArgoCD reads differs from {diff.base}"
    owners = len({entry.owner for entry in diff.entries})
    what = "1 service" if owners == 1 else f"{owners} services"
    dangers = {0: "no danger", 1: "1 danger"}.get(diff.dangers, f"{diff.dangers} dangers")
    return f"{what} differ{'s' if owners == 1 else ''} from {diff.base}, {dangers}"


def _change(change: Change) -> Iterator[str]:
    yield f"{change.sign} {change.object}"
    for field in change.fields[:_FIELDS]:
        yield f"    {field}"
    if len(change.fields) > _FIELDS:
        yield f"    … {len(change.fields) - _FIELDS} more fields"


def as_markdown(diff: Diff) -> str:
    """Return the comparison as Markdown: a table, then each service's objects folded away."""
    lines = [f"### {_summary(diff)}"]
    if diff.entries:
        lines += ["", "| service | environments | objects | danger |", "|---|---|---|---|"]
        lines += [_row(entry) for entry in diff.entries]
    for entry in diff.entries:
        body = [line for change in entry.changes for line in _change(change)]
        if body:
            title = f"{entry.owner} ({', '.join(entry.environments)})"
            fence = _fence(body)
            lines += ["", f"<details><summary>{_html(title)}</summary>", "", f"{fence}diff", *map(_diffed, body), fence]
            lines += ["</details>"]
    lines += [line for note in diff.notes for line in ("", f"> {_cell(note)}")]
    return "\n".join(lines)


def _row(entry: Entry) -> str:
    counts = {sign: sum(1 for change in entry.changes if change.sign == sign) for sign in _SIGNS}
    objects = ", ".join(f"{count} {_SIGNS[sign]}" for sign, count in counts.items() if count) or "–"
    danger = "<br>".join(f"**{mark.kind}** {_cell(mark.reason)}" for mark in entry.marks) or "–"
    return f"| {_cell(entry.owner)} | {', '.join(entry.environments)} | {objects} | {danger} |"


def _diffed(line: str) -> str:
    """`diff` colours lines by their first letter; changed fields are one of each."""
    return f"! {line[2:]}" if line.startswith("~ ") else line


def _fence(lines: list[str]) -> str:
    """A fence longer than any run of backticks inside."""
    longest = max((len(run) for line in lines for run in _runs(line)), default=0)
    return "`" * max(3, longest + 1)


def _runs(line: str) -> list[str]:
    return "".join(letter if letter == "`" else " " for letter in line).split()


def _cell(text: str) -> str:
    escaped = _html(text).replace("|", "\\|")
    for letter in "*_`[]":
        escaped = escaped.replace(letter, f"\\{letter}")
    return escaped


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
