"""Hold the faults that are switched on and say which one meets a call."""

import re
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TABLES = Path(__file__).parent / "tables"


@cache
def fault_kinds() -> dict[str, dict[str, str]]:
    """Read the table of faults: kind → what happens and where that is known from."""
    kinds: dict[str, dict[str, str]] = yaml.safe_load((TABLES / "faults.yaml").read_text(encoding="utf-8"))
    return kinds


@dataclass(slots=True)
class Fault:
    """A switch: which kind, at which nodes, how often (None: for ever), and how many chances it lets pass first."""

    kind: str
    match: str = "."
    times: int | None = 1
    after: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a kind that the table does not have."""
        if self.kind not in fault_kinds():
            raise ValueError(f"no fault {self.kind!r}, one of: {', '.join(sorted(fault_kinds()))}")


@dataclass(slots=True)
class Faults:
    """The switches, used up in the order in which they were set."""

    active: list[Fault] = field(default_factory=list)

    def set(self, kind: str, **switch: Any) -> None:
        """Switch a fault on."""
        self.active.append(Fault(kind, **switch))

    def take(self, kind: str, node: str) -> Fault | None:
        """Return the next fault of this kind that meets the node, and use it up by one."""
        for fault in self.active:
            if fault.kind != kind or not re.search(fault.match, node):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.active = [other for other in self.active if other is not fault]
            return fault
        return None

    def dump(self) -> list[dict[str, Any]]:
        """Return the switches as plain data."""
        return [asdict(fault) for fault in self.active]
