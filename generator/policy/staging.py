"""The policies as conftest gets them: no tests, one package that asks every rule, few built-in functions."""

import json
from collections.abc import Sequence
from pathlib import Path

from generator.policy.rule import Rule, module_files

MAIN = "main"
# What a rule may call: nothing that reads a clock, a network, an environment, or chance.
_WORDS = """
abs all and any array.concat array.flatten array.reverse array.slice assign base64.decode ceil concat contains count
crypto.sha256 div endswith eq equal floor format_int glob.match graph.reachable gt gte indexof internal.member_2
internal.member_3 internal.template_string intersection is_array is_boolean is_null is_number is_object is_set
is_string json.filter json.remove lower lt lte max min minus mul neq numbers.range object.filter object.get
object.keys object.remove object.subset object.union object.union_n or plus product regex.find_n regex.is_valid
regex.match regex.replace regex.split rem replace round semver.compare set_diff sort split sprintf startswith
strings.any_prefix_match strings.any_suffix_match strings.count substring sum to_number trim trim_left
trim_prefix trim_right trim_space trim_suffix type_name union upper walk
"""
BUILTINS = frozenset(_WORDS.split())
_CAPABILITIES = Path(__file__).parent / "capabilities.json"


def main_module(rules: Sequence[Rule]) -> str:
    """Return the package that asks every rule: one line each, so that conftest reads the document once.

    Each result is an object whatever the rule yields: conftest drops in silence what is neither a
    text nor an object.
    """
    lines = ["package main", ""]
    for rule in rules:
        yielded = f'{{"msg": "{rule.id}", "rule": "{rule.id}", "finding": f}}'
        lines += [f"{rule.query} contains {yielded} if some f in data.{rule.package}.deny", ""]
    return "\n".join(lines)


def stage(policies: Path, rules: Sequence[Rule], folder: Path) -> None:
    """Write the chosen rules, the library and the main package into an empty folder."""
    wanted = {rule.path.partition("/")[2] for rule in rules}
    for path in module_files(policies):
        relative = path.relative_to(policies)
        if relative.as_posix() in wanted or relative.parts[0] == "lib":
            target = folder / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (folder / f"{MAIN}.rego").write_text(main_module(rules), encoding="utf-8")


def write_capabilities(path: Path) -> None:
    """Write what the policies may use, in OPA's own form."""
    path.write_text(_CAPABILITIES.read_text(encoding="utf-8"), encoding="utf-8")


def reduced(capabilities: dict[str, object]) -> str:
    """Return OPA's capabilities with only what rules may call; how `capabilities.json` is made."""
    builtins = capabilities["builtins"]
    assert isinstance(builtins, list)
    kept = [{key: item[key] for key in ("name", "decl", "infix") if key in item} for item in builtins]
    kept = [item for item in kept if item["name"] in BUILTINS]
    return json.dumps({**capabilities, "builtins": kept}, indent=1) + "\n"
