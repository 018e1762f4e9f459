"""What the schema stage says about one object: a fault is a value that the caller gives a place."""

from dataclasses import dataclass
from typing import Any

from generator.finding import ChartroomError, Severity

Path = tuple[str | int, ...]

SCHEMA = "schema/object"
UNKNOWN_KIND = "schema/unknown-kind"
IDENTITY = "schema/identity"
UNREADABLE = "schema/unreadable"
DUPLICATE_KEY = "schema/duplicate-key"
AMBIGUOUS_SCALAR = "schema/ambiguous-scalar"

# The `keyword` of what the API server refuses by its own code, whatever the schema word.
SERVER = "server"

RULES = (SCHEMA, UNKNOWN_KIND, IDENTITY, UNREADABLE, DUPLICATE_KEY, AMBIGUOUS_SCALAR)


class SchemaError(ChartroomError):
    """The schemas themselves cannot be used, so nothing could be judged."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an object or with the text that holds it.

    `path` leads from the object's root to the value; `line` counts from 1 within the rendered
    text and is 0 where only the path is known. `keyword` is the schema word that refused.
    """

    rule: str
    path: Path
    message: str
    fix: str
    severity: Severity = Severity.ERROR
    line: int = 0
    keyword: str = ""

    def to_json(self) -> list[Any]:
        """Return the fault as JSON values, in a form that `from_json` takes back unchanged."""
        return [
            self.rule,
            list(self.path),
            self.message,
            self.fix,
            int(self.severity),
            self.line,
            self.keyword,
        ]

    @classmethod
    def from_json(cls, stored: list[Any]) -> "Fault":
        rule, path, message, fix, severity, line, keyword = stored
        return cls(rule, tuple(path), message, fix, Severity(severity), line, keyword)


def dotted(path: Path) -> str:
    """Write a path as people do: `spec.containers[0].env`, odd keys in quotes.

    >>> dotted(("metadata", "labels", "a.b/c", 0))
    'metadata.labels["a.b/c"][0]'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("-", "_").isidentifier():
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text
