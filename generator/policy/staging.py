"""The policies as conftest gets them: no tests, one package that asks every rule, few built-in functions."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.policy.error import PolicyError
from generator.policy.rule import LIBRARY, Rule, module_files

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
_PACKAGE = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
_COMPUTED = re.compile(r"\bdata(?:\.lib)?(?:\[|\s)")
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
    write_modules(staged_modules(read_modules(policies), rules), rules, folder)


def write_modules(modules: Mapping[str, str], rules: Sequence[Rule], folder: Path) -> None:
    """Write modules, and the main package that asks these rules, into an empty folder."""
    for path, text in modules.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (folder / f"{MAIN}.rego").write_text(main_module(rules), encoding="utf-8")


def read_modules(policies: Path) -> dict[str, str]:
    """Return the text of every module by its path below the policies.

    Raises:
        PolicyError: one cannot be read.
    """
    found = {}
    for path in module_files(policies):
        try:
            found[path.relative_to(policies).as_posix()] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PolicyError(f"{path} cannot be read, so nothing was judged: {error}") from error
    return found


def staged_modules(modules: Mapping[str, str], rules: Sequence[Rule]) -> dict[str, str]:
    """Return the modules of these rules, and those of the library that they name, at any depth."""
    library = {path: text for path, text in modules.items() if path.startswith(f"{LIBRARY}/")}
    found = {path: modules[path] for rule in rules if (path := rule.path.partition("/")[2]) in modules}
    waiting = list(found.values())
    while waiting:
        text = code_of(waiting.pop())
        for path, used in library.items():
            if path not in found and _names(text, used):
                found[path] = used
                waiting.append(used)
    return found


def code_of(module: str) -> str:
    """Return a module without comments, and with every text in it empty."""
    return _TEXT.sub('""', _COMMENT.sub("", module))


def _names(text: str, used: str) -> bool:
    """Say whether a module names the package of another; one that computes the name may mean any."""
    package = _PACKAGE.search(used)
    called = re.compile(rf"\bdata\.{re.escape(package[1])}\b") if package else _COMPUTED
    return called.search(text) is not None or _COMPUTED.search(text) is not None


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
