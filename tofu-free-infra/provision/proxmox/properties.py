"""Read and write Proxmox' property strings (`fast:vm-100-disk-0,serial=system,size=100G`), and compare them as maps."""

import re
from collections.abc import Mapping

_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_TRUE, _FALSE = ("on", "yes", "true"), ("off", "no", "false")


def parse(text: str, lead: str = "") -> dict[str, str]:
    """Split a property string; the part without a name gets the name `lead`."""
    found: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        found[key if equals else lead] = value if equals else part
    return found


def join(values: Mapping[str, str | int | bool | None], lead: str = "") -> str:
    """Write a property string, the part named `lead` first and bare; None is left out."""
    known = {key: _text(value) for key, value in values.items() if value is not None}
    bare = [known.pop(lead)] if lead in known else []
    return ",".join(bare + [f"{key}={value}" for key, value in known.items()])


def _text(value: str | int | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether two property maps say the same, whatever the order and spelling of booleans and MACs."""
    return _normal(one) == _normal(other)


def _normal(values: Mapping[str, str]) -> dict[str, str]:
    return {key: _normal_value(value) for key, value in values.items()}


def _normal_value(value: str) -> str:
    low = value.lower()
    if re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", low):
        return low
    if low in _TRUE:
        return "1"
    return "0" if low in _FALSE else value


def size_bytes(text: str) -> int:
    """Return the bytes of `100G`; a plain number is bytes."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)", text)
    if match is None:
        raise ValueError(f"'{text}' is not a size such as 100G")
    return int(float(match[1]) * _UNITS[match[2]])
