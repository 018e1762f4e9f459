"""Write a new rule."""

import re
from pathlib import Path

from generator.policy import CASES, PolicyUsage

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*/[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")

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
