"""What schemas refuse, as findings: one for one fault, however many objects a line of the library spoils."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.finding import Finding, Place, Severity

_SHOWN = 3


@dataclass(slots=True)
class Refused:
    """Faults of one place and kind: the names of the objects that they are about, the files of their services."""

    severity: Severity
    messages: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    doors: set[Place] = field(default_factory=set)

    def finding(self, place: Place, rule: str, fix: str) -> Finding:
        """Return them as one finding; the first message speaks for all."""
        first, *others = sorted(self.messages)
        name = _split(first)[0]
        labels = dict.fromkeys(other if (other := _split(text)[0]) != name else _split(text)[1] for text in others)
        shown = ", ".join([*labels][: _SHOWN - 1])
        more = f" and {len(labels) - _SHOWN + 1} more" if len(labels) >= _SHOWN else ""
        also = {door for door in self.doors if door.path != place.path} if labels else set()
        return Finding(
            place,
            rule,
            f"{first}; likewise {shown}{more}" if shown else first,
            fix,
            severity=self.severity,
            also=tuple(sorted(also)),
            objects=tuple(sorted(self.objects)),
        )


def kind_of_fault(message: str) -> str:
    """Return what is wrong, without the object and the path that it is wrong at."""
    return _split(message)[2]


def _split(message: str) -> tuple[str, str, str]:
    """Return object, path and fault of a message `Kind/name: spec.a.b: fault`; a path may be left out."""
    name, _, rest = message.partition(": ")
    path, colon, fault = rest.partition(": ")
    return (name, path, fault) if colon and " " not in path else (name, "", rest)


def findings_of_refused(groups: Mapping[tuple[Place, str, str, str], Refused]) -> list[Finding]:
    """Return a finding for each group, by (place, rule, fault, fix)."""
    return [group.finding(place, rule, fix) for (place, rule, _, fix), group in groups.items()]
