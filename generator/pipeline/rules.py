"""Work on the rules themselves: run their tests and cases, write a new one."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from generator.pipeline.carried import RuleFolders
from generator.policy import (
    CASES,
    PolicyError,
    PolicyUsage,
    Rule,
    ask,
    case_document,
    find_cases,
    find_conftest,
    to_bytes,
)
from generator.policy.hit import read_hits

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*/[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_TODAY = date(2026, 1, 1)
_TIME_LIMIT_S = 300

_RULE = """\
# METADATA
# title: {title}
# description: |
#   Why this matters, in a sentence or two.
# custom:
#   severity: error
#   reference: house rule
#   values: annotations
#   fix: say what to write instead
package {package}

deny contains finding if {{
	some pod in input.pods
	not pod.annotations["example.net/owner"]
	finding := {{"msg": "the pod has no annotation example.net/owner", "object": pod.id}}
}}
"""
_TEST = """\
package {package}_test

import data.{package}
import data.lib.fixture

test_denies_missing if {{
	said := "the pod has no annotation example.net/owner"

	fixture.messages({last}.deny) == {{said}} with input as fixture.of_pod({{}})
}}

test_allows_present if {{
	pod := {{"annotations": {{"example.net/owner": "alex"}}}}

	fixture.messages({last}.deny) == set() with input as fixture.of_pod(pod)
}}
"""
_CASE = """\
apiVersion: v1
kind: Pod
metadata:
  name: app
  namespace: example
{annotations}spec:
  containers:
    - name: app
      image: ghcr.io/example/app:1.2.3
"""


def case_faults(tools: Path, folders: RuleFolders, rules: Sequence[Rule]) -> tuple[list[str], int]:
    """Return what cases do not come out as their folder says, and how many there are.

    Raises:
        PolicyUsage: a rule has no case that it must refuse.
        PolicyError: the engine failed.
    """
    cases = []
    for rule in rules:
        found = find_cases(folders.cases, rule)
        if all(case.passes for case in found):
            name = rule.id.rpartition("/")[2]
            raise PolicyUsage(
                f"rule {rule.id} has no case that it must refuse: write {CASES}/{rule.id}/fail/{name}.yaml"
            )
        cases += [(f"case-{number}-{rule.id.replace('/', '-')}", case) for number, case in enumerate(found)]
    document = case_document(cases, _TODAY)
    answer = ask(find_conftest(tools), folders.policies, rules, {"cases": to_bytes(document)})["cases"]
    hits = {rule.id: tuple(read_hits(rule, answer.found[rule.id], document)) for rule in rules}
    faults = []
    for name, case in cases:
        messages = [hit.message for hit in hits[case.rule] if hit.environment == name]
        if case.passes and messages:
            faults.append(f"{case.path}: {case.rule} refuses it: {'; '.join(sorted(messages))}")
        elif not case.passes and not messages:
            faults.append(f"{case.path}: {case.rule} finds nothing in it")
    return faults, len(cases)


def unit_faults(tools: Path, policies: Path) -> tuple[str, list[str]]:
    """Run the tests in Rego; return regal's last words and, where one failed, all of them.

    Raises:
        PolicyError: regal is missing or does not finish.
    """
    found = tools / "regal" if (tools / "regal").is_file() else shutil.which("regal")
    if not found:
        raise PolicyError(
            "regal is missing, so tests of rules cannot run; `make tools SETS=gate` builds it into .tools/bin"
        )
    try:
        done = subprocess.run(
            [str(found), "test", str(policies)], capture_output=True, text=True, timeout=_TIME_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PolicyError(f"{found} did not finish: {error}") from error
    said = (done.stdout + done.stderr).strip()
    last = said.splitlines()[-1] if said else "regal said nothing"
    return last, [said] if done.returncode else []


def new_rule(root: Path, name: str) -> list[Path]:
    """Write a rule that works, its test, and a case for each verdict; return the paths.

    Raises:
        PolicyUsage: the name is none, or taken.
    """
    if not _ID.match(name):
        raise PolicyUsage(f"{name!r} is no name of a rule: category/rule, in lower case with hyphens")
    category, short = name.split("/")
    package = name.replace("/", ".").replace("-", "_")
    folder, cases = root / "policies" / category / short, root / CASES / name
    if folder.exists():
        raise PolicyUsage(f"policies/{name} exists already")
    words = {"package": package, "last": package.rpartition(".")[2], "title": short.replace("-", " ").capitalize()}
    annotated = "  annotations:\n    example.net/owner: alex\n"
    texts = {
        folder / f"{short}.rego": _RULE.format(**words),
        folder / f"{short}_test.rego": _TEST.format(**words),
        cases / "fail" / f"{short}.yaml": _CASE.format(annotations=""),
        cases / "pass" / f"{short}.yaml": _CASE.format(annotations=annotated),
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [path.relative_to(root) for path in texts]
