"""Rules in Python: test functions that pytest runs, and that `chartroom check` runs as well.

# policies/house/short-names/test_short_names.py
@pytest.mark.rule("house/short-names", title="Short names", fix="choose a name of at most 20 letters")
def test_short_names(fleet, findings):
    for item in fleet.objects("Deployment"):
        if len(item["name"]) > 20:
            findings.add(f"{item['name']} is long", item)
"""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from generator.finding import Severity
from generator.policy import PolicyUsage, PythonRule, Rule
from generator.testing.findings import Findings
from generator.testing.fleet import fleets_of

MARK = "rule"
FIXTURES = ("fleet", "findings")
_TEXTS = ("title", "why", "fix", "severity", "reference", "values")
Judge = Callable[..., object]


@dataclass(frozen=True, slots=True)
class RuleFunction:
    """A function that is a rule: what its mark says, and how to ask it."""

    rule: Rule
    function: Judge

    def judge(self, document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield what the rule refuses, over all environments of a document."""
        for fleet in fleets_of(document):
            findings = Findings(fleet.environment)
            given = {"fleet": fleet, "findings": findings}
            self.function(**{name: given[name] for name in inspect.signature(self.function).parameters})
            yield from findings


def rule_of(function: Judge, path: str) -> Rule:
    """Return what the mark of a function says.

    Raises:
        PolicyUsage: the mark lacks its id or its fix, or says what is unknown.
    """
    mark = next(mark for mark in getattr(function, "pytestmark", ()) if mark.name == MARK)
    name = getattr(function, "__name__", "")
    if len(mark.args) != 1 or not isinstance(mark.args[0], str) or mark.args[0].count("/") != 1:
        raise PolicyUsage(f'{path}: {name} is marked as a rule without its id; write rule("category/name", fix="...")')
    said = {"title": mark.args[0], "why": inspect.getdoc(function) or "", "severity": "error", "fix": "", **mark.kwargs}
    unknown = sorted(set(said) - set(_TEXTS))
    if unknown:
        raise PolicyUsage(
            f"{path}: the rule of {name} has the unknown key {unknown[0]!r}, known are {', '.join(_TEXTS)}"
        )
    if not said["fix"]:
        raise PolicyUsage(f"{path}: the rule of {name} says nothing under fix; say what to write instead")
    if said["severity"] not in ("error", "warning"):
        raise PolicyUsage(f"{path}: severity of {name} is {said['severity']!r}, error or warning is expected")
    foreign = [name for name in inspect.signature(function).parameters if name not in FIXTURES]
    if foreign:
        raise PolicyUsage(
            f"{path}: the rule of {name} asks for {foreign[0]!r}, a rule has {' and '.join(FIXTURES)} only"
        )
    return Rule(
        mark.args[0],
        "",
        path,
        title=said["title"],
        why=said["why"],
        severity=Severity[said["severity"].upper()],
        reference=said.get("reference", ""),
        values=tuple(said.get("values", "").split(".")) if said.get("values") else (),
        fix=said["fix"],
        needs="fleet",
    )


def read_python_rules(policies: Path) -> tuple[PythonRule, ...]:
    """Return the rules of `<category>/<rule>/test_*.py` below a policy folder, by id; pytest does not run.

    Raises:
        PolicyUsage: a file cannot be imported, or a mark does not say what it must.
    """
    found = [
        PythonRule(function.rule, function.judge)
        for path in sorted(policies.glob("*/*/test_*.py"))
        for function in functions_of(_module(path), f"{policies.name}/{path.relative_to(policies).as_posix()}")
    ]
    return tuple(sorted(found, key=lambda item: item.rule.id))


def functions_of(module: ModuleType, path: str) -> Iterator[RuleFunction]:
    """Yield the functions of a module that are marked as rules."""
    for value in vars(module).values():
        if callable(value) and any(mark.name == MARK for mark in getattr(value, "pytestmark", ())):
            yield RuleFunction(rule_of(value, path), value)


def _module(path: Path) -> ModuleType:
    name = f"chartroom_rule_{path.parent.parent.name}_{path.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # a person's file may raise anything; all of it is told with the file's name
        raise PolicyUsage(f"{path}: it cannot be imported: {type(error).__name__}: {error}") from error
    finally:
        sys.dont_write_bytecode = written
    return module
