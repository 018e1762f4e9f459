"""What a check found, as one value that every format prints from. Plain parts only: nothing here runs anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from generator.finding import Finding, Place, Severity

State = Literal["open", "waived", "baselined"]
WaiverState = Literal["active", "ending", "expired", "unused", "too-long"]


@dataclass(frozen=True, slots=True)
class RuleRun:
    """A rule that ran. `page` is its page in this repository, or empty.

    `stage` is what ran it: generation, schema, policy or pytest.
    """

    id: str
    title: str
    severity: Severity
    stage: str = "policy"
    page: str = ""
    why: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Objects that were not judged, and why."""

    what: str
    why: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class EnvironmentCount:
    """Objects of one environment: rendered = judged + skipped. The report does not hide a difference."""

    name: str
    rendered: int
    judged: int
    skipped: tuple[Skip, ...] = ()
    services: int = 0

    @property
    def missing(self) -> int:
        """Objects that nobody accounts for; anything but 0 is a fault of the gate."""
        return self.rendered - self.judged - sum(skip.count for skip in self.skipped)


@dataclass(frozen=True, slots=True)
class Meter:
    """An amount in use. `limit` None means that nobody bounds it."""

    used: int
    limit: int | None = None

    @property
    def share(self) -> float | None:
        """Return the part in use; None where there is no bound. A bound of 0 that something uses is infinite."""
        if self.limit is None:
            return None
        if self.limit == 0:
            return float("inf") if self.used else 0.0
        return self.used / self.limit


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """What one domain needs in one environment, beside its budget."""

    environment: str
    domain: str
    cpu_m: Meter
    memory_bytes: Meter
    storage_bytes: Meter
    memory_limit_bytes: Meter = Meter(0)


@dataclass(frozen=True, slots=True)
class NodeUse:
    """What is asked of one node, or of several together, beside what they can give. None is not known."""

    environment: str
    name: str
    role: str
    cpu_m: Meter
    memory_bytes: Meter
    pods: Meter | None = None


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection: a service with its domain, or what is outside (then `domain` is empty)."""

    name: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """Source may reach target, as the rendered policies have it.

    `declared` False is wider than any declared edge, None is not compared one by one; `enforced`
    False is what no policy can deny.
    """

    environment: str
    source: End
    target: End
    ports: str = ""
    declared: bool | None = None
    enforced: bool = True
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Unenforced:
    """What no policy can allow or deny, and why."""

    environment: str
    what: str
    why: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """A hold on something unique: an address, a port, a host name, a VM id."""

    environment: str
    kind: str
    key: str
    holder: str
    place: Place | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver, how long it still holds, and how many findings it silences now."""

    rule: str
    object: str
    reason: str
    owner: str
    created: str
    until: str
    days_left: int
    state: WaiverState = "active"
    silences: int = 0
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    stage: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with what a reader wants beside it.

    `source_line` is the line that the place points at, None where it cannot be read; `scalar_length`
    counts the letters of the scalar there, where `finding.replacement` may be written over it.
    `service` and `environments` are empty where the finding has none.
    """

    finding: Finding
    fingerprint: str
    state: State = "open"
    reason: str = ""
    until: str = ""
    source_line: str | None = None
    scalar_length: int | None = None
    service: str = ""
    domain: str = ""
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One check. `narrowed` says, in words, what was left out; empty means that nothing was.

    `today` is the date that waivers were judged by. `baseline_gone` counts old findings that the
    baseline has and this run did not see. `notes` are sentences for the end of every report. `stages`
    describe what findings name and is no rule that ran.
    """

    version: str
    today: str
    findings: tuple[Listed, ...] = ()
    rules: tuple[RuleRun, ...] = ()
    environments: tuple[EnvironmentCount, ...] = ()
    budgets: tuple[BudgetUse, ...] = ()
    nodes: tuple[NodeUse, ...] = ()
    connections: tuple[Connection, ...] = ()
    unenforced: tuple[Unenforced, ...] = ()
    holdings: tuple[Holding, ...] = ()
    waivers: tuple[WaiverLine, ...] = ()
    timings: tuple[Timing, ...] = ()
    narrowed: str = ""
    baseline_gone: int = 0
    notes: tuple[str, ...] = field(default=())
    stages: tuple[RuleRun, ...] = ()

    def of(self, state: State) -> tuple[Listed, ...]:
        """Return the findings of one state, in order."""
        return tuple(item for item in self.findings if item.state == state)

    @property
    def open(self) -> tuple[Listed, ...]:
        return self.of("open")

    def count(self, severity: Severity) -> int:
        """Return how many open findings have a severity."""
        return sum(1 for item in self.open if item.finding.severity is severity)

    def fails(self, bar: Severity = Severity.ERROR) -> bool:
        """Say whether an open finding reaches the bar."""
        return any(item.finding.severity >= bar for item in self.open)

    def rules_by_id(self) -> Mapping[str, RuleRun]:
        return {rule.id: rule for rule in (*self.stages, *self.rules)}
