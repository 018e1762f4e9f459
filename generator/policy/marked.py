"""Rules in Python by what their marks say: read from the text, so that nothing of it runs.

What a mark computes cannot be read like this; `chartroom check` imports the file, and refuses what is wrong with it.
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from generator.finding import Severity
from generator.policy.rule import Rule

_MARK = "pytest.mark.rule"


def marked_rules(policies: Path) -> Iterator[Rule]:
    """Yield the rules of `<category>/<rule>/test_*.py` below a policy folder whose marks are plain texts."""
    for path in sorted(policies.glob("*/*/test_*.py")):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        shown = f"{policies.name}/{path.relative_to(policies).as_posix()}"
        for node in (item for item in tree.body if isinstance(item, ast.FunctionDef)):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == _MARK:
                    yield from _rule(mark, inspect.cleandoc(ast.get_docstring(node) or ""), shown)


def _rule(mark: ast.Call, why: str, path: str) -> Iterator[Rule]:
    try:
        names = [ast.literal_eval(argument) for argument in mark.args]
        said = {word.arg: ast.literal_eval(word.value) for word in mark.keywords if word.arg is not None}
    except ValueError:
        return
    if len(names) == 1 and said.get("fix") and said.get("severity", "error") in ("error", "warning"):
        yield Rule(
            str(names[0]),
            "",
            path,
            title=str(said.get("title") or names[0]),
            why=str(said.get("why") or why),
            severity=Severity[said.get("severity", "error").upper()],
            reference=str(said.get("reference", "")),
            values=tuple(str(said["values"]).split(".")) if said.get("values") else (),
            fix=str(said["fix"]),
            needs="fleet",
        )
