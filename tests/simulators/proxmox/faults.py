"""Hold the faults that are switched on and say which one meets a call."""

import re
from dataclasses import asdict, dataclass, field

from . import tables


@dataclass(slots=True)
class Fault:
    """A switch: which kind, for which calls, how often, and after how many calls that it lets pass."""

    kind: str
    match: str | None = None
    times: int | None = 1
    after: int = 0
    options: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a kind that the table does not have."""
        if self.kind not in tables.fault_kinds():
            raise ValueError(f"no fault '{self.kind}', one of: {', '.join(sorted(tables.fault_kinds()))}")


@dataclass(slots=True)
class Faults:
    """The switches, used up in the order in which they were set."""

    active: list[Fault] = field(default_factory=list)

    def take(self, where: str, subject: str, *, digest: bool = True) -> Fault | None:
        """Return the next fault of `where` that meets `subject`, and use it up by one."""
        for fault in self.active:
            kind = tables.fault_kinds()[fault.kind]
            match = kind.match if fault.match is None else fault.match
            if kind.where != where or not re.search(match, subject):
                continue
            if fault.kind == "digest-conflict" and not digest:
                continue
            if self._counts(fault):
                return fault
        return None

    def _counts(self, fault: Fault) -> bool:
        if fault.after > 0:
            fault.after -= 1
            return False
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.active = [other for other in self.active if other is not fault]
        return True

    def seconds(self, kind: str, default: float) -> float:
        """Return the `seconds` of a state switch that is on, or the default."""
        for fault in self.active:
            if fault.kind == kind:
                return float(fault.options.get("seconds", default))
        return default

    def dump(self) -> list[dict[str, object]]:
        """Return the switches as plain data."""
        return [asdict(fault) for fault in self.active]
