"""Dated exceptions from single findings: `policies/waivers.yaml`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from generator.catalogue.suggest import did_you_mean
from generator.finding import Finding, Place, Severity
from generator.policy.hit import Hit
from generator.policy.rule import Rule
from generator.source import Map, Seq, read_file

FILE = "policies/waivers.yaml"
LONGEST_DAYS = {Severity.ERROR: 183, Severity.WARNING: 366}
_REQUIRED = ("rule", "object", "reason", "owner", "created", "until")
_OPTIONAL = ("environment", "container")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One finding that somebody answers for until a day. `object` is Kind/namespace/name."""

    rule: str
    object: str
    reason: str
    owner: str
    created: date
    until: date
    place: Place
    environment: str | None = None
    container: str | None = None

    def covers(self, hit: Hit) -> bool:
        """Say whether a hit is the one that is waived."""
        return (
            hit.rule.id == self.rule
            and self.object in hit.objects
            and self.environment in (None, hit.environment)
            and self.container in (None, hit.container)
        )

    def to_json(self) -> dict[str, str | None]:
        """Return the waiver as the fleet document has it."""
        return {
            "rule": self.rule, "object": self.object, "environment": self.environment, "container": self.container,
            "reason": self.reason, "owner": self.owner, "created": self.created.isoformat(),
            "until": self.until.isoformat(),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waived:
    """What is left after waivers: hits that count, hits that somebody answers for, what is wrong with waivers."""

    hits: tuple[Hit, ...]
    silenced: tuple[tuple[Hit, Waiver], ...]
    problems: tuple[Finding, ...]


def read_waivers(root: Path) -> tuple[tuple[Waiver, ...], tuple[Finding, ...]]:
    """Return the waivers of a repository, and what cannot be understood of the file."""
    if not (root / FILE).is_file():
        return (), ()
    document = read_file(root, FILE)
    findings = list(document.findings)
    listed = document.tree.get("waivers")
    if not isinstance(listed, Seq) or set(document.tree) - {"waivers"}:
        findings.append(
            _problem(document.tree.place, "unreadable", "the file holds one list, `waivers`", "write `waivers: []`")
        )
        return (), tuple(findings)
    found = []
    for number, entry in enumerate(listed):
        waiver = _read(entry, listed.item_place(number), findings)
        if waiver is not None:
            found.append(waiver)
    return tuple(found), tuple(findings)


def _read(entry: object, place: Place, findings: list[Finding]) -> Waiver | None:
    if not isinstance(entry, Map):
        findings.append(_problem(place, "incomplete", "a waiver is a mapping", f"state {', '.join(_REQUIRED)}"))
        return None
    for key in entry:
        if key not in (*_REQUIRED, *_OPTIONAL):
            near = did_you_mean(key, (*_REQUIRED, *_OPTIONAL))
            findings.append(
                _problem(entry.key_place(key), "unknown-key", f"a waiver has no {key!r}{near}", "delete the line")
            )
    lacking = [key for key in _REQUIRED if not isinstance(entry.get(key), str) or not entry.get(key)]
    if lacking:
        message = f"the waiver of {entry.get('rule') or 'no rule'} lacks {', '.join(lacking)}"
        findings.append(_problem(place, "incomplete", message, "state them: somebody must answer for it, until a day"))
        return None
    days = {}
    for key in ("created", "until"):
        try:
            days[key] = date.fromisoformat(str(entry[key]))
        except ValueError:
            message = f"{key} is {entry[key]!r}, a day such as 2027-05-31 is expected"
            findings.append(_problem(entry.value_place(key), "incomplete", message, "write year-month-day"))
            return None
    texts = {key: str(entry[key]) for key in ("rule", "object", "reason", "owner")}
    optional = {key: str(entry[key]) for key in _OPTIONAL if entry.get(key) is not None}
    return Waiver(**texts, **days, place=place, **optional)  # type: ignore[arg-type]


def apply(
    waivers: Sequence[Waiver], hits: Iterable[Hit], rules: Sequence[Rule], today: date, *, narrowed: bool
) -> Waived:
    """Take out of `hits` what waivers cover, and say which waivers are past, unused, too long or unknown.

    A narrowed run has not seen everything, so it calls no waiver unused.
    """
    left, silenced = [], []
    used: set[Waiver] = set()
    for hit in hits:
        covering = [waiver for waiver in waivers if waiver.covers(hit)]
        used.update(covering)
        current = next((waiver for waiver in covering if waiver.until >= today), None)
        if current is None:
            left.append(hit)
        else:
            silenced.append((hit, current))
    problems = [problem for waiver in waivers for problem in _problems(waiver, rules, today, used, narrowed)]
    return Waived(tuple(left), tuple(silenced), tuple(problems))


def _problems(
    waiver: Waiver, rules: Sequence[Rule], today: date, used: set[Waiver], narrowed: bool
) -> Iterable[Finding]:
    what = f"the waiver of {waiver.rule} for {waiver.object}"
    known = {rule.id: rule for rule in rules}
    if waiver.rule not in known:
        if not narrowed:
            yield _problem(
                waiver.place,
                "unknown-rule",
                f"{what} names a rule that does not exist{did_you_mean(waiver.rule, known)}",
                "name a rule of `chartroom policy list`",
            )
        return
    longest = LONGEST_DAYS[known[waiver.rule].severity]
    if waiver.until < today:
        yield _problem(
            waiver.place, "expired", f"{what} ended on {waiver.until}", "mend the fault, or argue for a new date"
        )
    elif waiver not in used and not narrowed:
        yield _problem(waiver.place, "unused", f"{what} silences nothing", "delete it")
    if (waiver.until - waiver.created).days > longest:
        message = f"{what} runs for {(waiver.until - waiver.created).days} days, {longest} at most for this rule"
        yield _problem(waiver.place, "too-long", message, "choose an earlier day")


def _problem(place: Place, word: str, message: str, fix: str) -> Finding:
    return Finding(place, f"waiver/{word}", message, fix)
