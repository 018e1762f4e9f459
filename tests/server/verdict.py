"""What we say of the same objects: the schema stage, and every rule that needs no fleet."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from generator.finding import Severity
from generator.pipeline.check import chosen_rules
from generator.policy import Context, Entry, build_document, find_conftest, judge_fleet, read_rules
from generator.schema import Validator
from tests.server.mutant import Mutant, origins

ROOT = Path(__file__).parents[2]
VERSION = "1.36"
_FACTS = {"kubernetes": {"version": VERSION, "minor": 36}}


def refusals(broken: Iterable[Mutant]) -> Mapping[str, frozenset[str]]:
    """Return for each mutant the rules that refuse it, less those that refuse the whole object too.

    Rules only warn of some things, which lets the object pass.
    """
    listed = tuple(broken)
    validator = Validator(VERSION)
    whole = {name: frozenset(fault.rule for fault in validator.check(made)) for name, made in origins().items()}
    found = {
        mutant.name: {fault.rule for fault in validator.check(mutant.object)} - whole[mutant.origin]
        for mutant in listed
    }
    # What the schema refuses goes no further: rules count on quantities that are some.
    for name, rules in _ruled(tuple(mutant for mutant in listed if not found[mutant.name])).items():
        found[name] |= rules
    return {name: frozenset(rules) for name, rules in found.items()}


def _ruled(broken: tuple[Mutant, ...]) -> Mapping[str, set[str]]:
    """Ask all rules about all objects at once, each in an environment of its own."""
    entries = [Entry("whole", name, made) for name, made in origins().items()]
    entries += [Entry(mutant.name, mutant.name, mutant.object) for mutant in broken]
    contexts = [Context(name, None, _FACTS) for name in ("whole", *(mutant.name for mutant in broken))]
    document = build_document(contexts, entries, date(2026, 11, 21))
    rules = [rule for rule in chosen_rules(read_rules(ROOT / "policies"), ()) if rule.needs == "objects"]
    judged = judge_fleet(
        document,
        rules,
        policies=ROOT / "policies",
        cases=ROOT / "tests" / "cases",
        conftest=find_conftest(ROOT / ".tools" / "bin"),
    )
    found: dict[str, set[tuple[str, str]]] = {}
    for hit in judged.hits:
        if hit.rule.severity is Severity.ERROR:
            for name in hit.objects:
                found.setdefault(hit.environment, set()).add((hit.rule.id, name.partition("/")[0]))
    whole = found.pop("whole", set())
    return {name: {rule for rule, kind in rules - whole} for name, rules in found.items()}
