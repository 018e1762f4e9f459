"""What a plain YAML scalar means, and which ones mean different things to different readers."""

import re
from functools import lru_cache

from generator.source.tree import Scalar

# YAML 1.1 (PyYAML, Ansible, Helm's habits), YAML 1.2 and Kubernetes' own reader disagree on each
# of these; the words are compared in lower case.
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})
_CASED = frozenset({"True", "TRUE", "False", "FALSE", "Null", "NULL"})
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_AMBIGUOUS = re.compile(
    r"""[-+]?(?:
        0[0-9_]+ | 0[xX][0-9a-fA-F_]+ | 0[oO]?[0-7_]+ | 0[bB][01_]+   # other bases, leading zeros
      | [0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?                            # 1_000
      | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?                   # 12:30 in base 60
      | (?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)[eE][-+]?[0-9]+      # 1e3
      | [0-9]+\. | \.[0-9][0-9_]*                                     # 1. and .5
      | [0-9]+\.[0-9]*0                                              # 1.10 is read as 1.1, and 1.0 as 1
      | \.(?:inf|Inf|INF)
    )\Z | \.(?:nan|NaN|NAN)\Z | \+[0-9]+(?:\.[0-9]+)?\Z | =\Z | <<\Z""",
    re.VERBOSE,
)
# Helm and JavaScript hold every number as a 64-bit float, and whole ones only up to here.
_LARGEST_INTEGER = 2**53
_MOST_DIGITS = 300  # a decimal beyond is infinite to a 64-bit float
_SPECIAL_START = frozenset("0123456789.+-=<yYnNoOtTfF~")


# Keys and values repeat from file to file: with both remembered, reading takes a tenth less.
@lru_cache(maxsize=65_536)
def is_ambiguous(text: str) -> bool:
    """Say whether YAML readers disagree on the plain scalar `text`."""
    if not text or text[0] not in _SPECIAL_START:
        return False
    return text.lower() in _WORDS or text in _CASED or bool(_AMBIGUOUS.match(text)) or _is_too_large(text)


def _is_too_large(text: str) -> bool:
    if len(text) > _MOST_DIGITS:
        return bool(_INTEGER.match(text) or _DECIMAL.match(text))
    return bool(_INTEGER.match(text)) and abs(int(text)) > _LARGEST_INTEGER


def is_plain_text(text: str) -> bool:
    """Say whether every YAML reader takes the bare `text` for text."""
    return bool(text) and not is_ambiguous(text) and isinstance(resolve_plain(text), str)


@lru_cache(maxsize=65_536)
def resolve_plain(text: str) -> Scalar:
    """Return what an unambiguous plain scalar stands for. Dates stay text."""
    if text in ("", "~", "null"):
        return None
    if text == "true":
        return True
    if text == "false":
        return False
    if text[0] in "-0123456789":
        if _INTEGER.match(text):
            return int(text)
        if _DECIMAL.match(text):
            return float(text)
    return text
