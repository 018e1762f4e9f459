"""How one value is written so that every YAML reader takes it for the same thing.

The readers are PyYAML (YAML 1.1), ruamel and ryaml (YAML 1.2), and sigs.k8s.io/yaml, through which
kubectl, the API server, Helm and ArgoCD read. They disagree on many plain scalars (`on`, `0777`,
`1e3`, `12:30`), so the rule is an allowance: a text stays plain only in a shape that none of them
can take for anything but text, and everything else is quoted.
"""

import re
from functools import lru_cache
from json.encoder import encode_basestring
from math import isfinite

from generator.finding import ChartroomError

# Helm holds every number of a values file as a 64-bit float: beyond this it changes them silently.
LARGEST_INTEGER = 2**53
# PyYAML and libyaml give up on a key of more than 1,024 letters; escapes and quotes count.
LONGEST_KEY = 1000


class EmitError(ChartroomError):
    """A value cannot be written as YAML that all readers read alike. Its text names the path."""


class RefusedError(Exception):
    """One value cannot be written. Collects the keys that lead to it on the way up."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.path: list[str | int] = []
        super().__init__(reason)


# No number, date or sexagesimal of any reader holds one of these letters, so a text that starts
# with a digit and holds one (128Mi, 5m, 1h30m) is text to all of them.
_NEVER_IN_A_NUMBER = "ghjklmqrsuvwyGHJKLMQRSUVWY"
_PLAIN = re.compile(
    rf"""
    (?: [A-Za-z/$] | --(?=[a-z])
      | [0-9] (?: (?= .* [{_NEVER_IN_A_NUMBER}] )
                | (?<= [0-9] ) (?= [0-9]* (?: [.][0-9]+ ){{2,}} (?: /[0-9]+ )? \Z )  # 10.0.20.0/24, 1.36.3
                | (?= [0-9]* (?: d | Ti ) \Z ) ) )
    (?: [A-Za-z0-9_./$()+=,;?!@%&*~^|<>'"-]
      | :(?!\x20)        # a colon before a blank ends a key
      | \x20(?!\#)       # a blank before a hash begins a comment
      | \# )*
    (?<! [\x20:] ) \Z
    """,
    re.VERBOSE,
)
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
# Invisible, direction-changing or line-breaking to some reader or editor: only ever written as \u....
_HIDDEN = "\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\U000e0000-\U000e0fff"
_TO_ESCAPE = re.compile(f"[{_HIDDEN}]")
_NOT_SHOWN_AS_IT_IS = re.compile(f"[\x00-\x1f{_HIDDEN}]")
_NOT_IN_A_BLOCK = re.compile(f"[\x00-\x08\x0b-\x1f{_HIDDEN}]|[ \t](?:\n|\\Z)")
_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=65_536)
def write_text(text: str) -> str:
    """Write a text on one line: plain where every reader agrees, else quoted."""
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    if ('"' in text or "\\" in text) and not _NOT_SHOWN_AS_IT_IS.search(text) and not _SURROGATE.search(text):
        return "'" + text.replace("'", "''") + "'"
    return _double_quoted(text)


@lru_cache(maxsize=65_536)
def write_key(text: str) -> str:
    """Write a key. The rules for keys are those for values; only their length is bounded."""
    written = write_text(text)
    if len(written) > LONGEST_KEY:
        raise RefusedError(f"a key of {len(written):,} letters, YAML readers give up after {LONGEST_KEY:,}")
    return written


def write_block(text: str, indent: str) -> str | None:
    """Write a text of several lines as a literal block, or return None where one would not be safe.

    Not safe: control and invisible letters, and blanks at the end of a line, which editors strip.
    """
    if not text.strip() or _NOT_IN_A_BLOCK.search(text) or _SURROGATE.search(text):
        return None
    # Readers guess the indentation from the first line with text: one that starts with a blank needs it said.
    indicator = "2" if text[0] in " \t\n" else ""
    body = text.rstrip("\n")
    newlines = len(text) - len(body)
    chomping = "-" if newlines == 0 else "" if newlines == 1 else "+"
    lines = (indent + line if line else "" for line in body.split("\n"))
    return f"|{indicator}{chomping}\n" + "\n".join(lines) + "\n" * (newlines - 1)


def write_number(value: float) -> str:
    """Write a number in the one form that all readers take for it; a whole float is an integer to Kubernetes."""
    if isinstance(value, float):
        if not isfinite(value):
            raise RefusedError(f"{value} is no number to Kubernetes")
        if not value.is_integer():
            digits = float.__repr__(value)
            # YAML 1.1 wants a point before an exponent.
            return digits if "." in digits else digits.replace("e", ".0e")
    if abs(value) > LARGEST_INTEGER:
        raise RefusedError(f"{value} is beyond 2^53, where Helm no longer reads whole numbers exactly; quote it")
    return int.__repr__(int(value))


def _double_quoted(text: str) -> str:
    surrogate = _SURROGATE.search(text)
    if surrogate:
        raise RefusedError(f"half a surrogate pair (\\u{ord(surrogate[0]):04x}), which is no text")
    return _TO_ESCAPE.sub(_escape, encode_basestring(text))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
