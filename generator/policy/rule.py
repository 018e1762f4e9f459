"""A rule: what its METADATA says, read from the file that holds its Rego."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.finding import Severity
from generator.policy.error import PolicyError, PolicyUsage

LIBRARY = "lib"
TEST_SUFFIX = "_test.rego"
_PACKAGE = re.compile(r"^package\s+([A-Za-z_][\w.]*)\s*$", re.MULTILINE)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*\Z")
_HEAD = re.compile(r"^(deny|warn|violation)\b(.*)$", re.MULTILINE)
_CUSTOM = {"severity", "reference", "values", "manifest", "fix", "manifest_fix", "needs"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `id` is `category/name`, as the folder; `values` the field of a service file to change.

    `manifest` are fields of manifests, for those that were not written here: the first that is there is shown,
    and `manifest_fix` says there what to write, in Kubernetes' own words.
    `needs` is `objects` for what any manifests can be judged by, `fleet` for what also reads values.
    """

    id: str
    package: str
    path: str
    title: str
    why: str
    severity: Severity
    reference: str
    values: tuple[str, ...]
    fix: str
    needs: str
    manifest: tuple[tuple[str, ...], ...] = ()
    manifest_fix: str = ""

    @property
    def query(self) -> str:
        """The name of the rule's line in the generated main package."""
        word = "deny" if self.severity is Severity.ERROR else "warn"
        return f"{word}_{self.id.replace('/', '_').replace('-', '_')}"


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Return every rule below a policy folder, sorted by id.

    Raises:
        PolicyError: there is no folder, or no rule in it.
        PolicyUsage: a file is no rule as the format asks for it.
    """
    if not folder.is_dir():
        raise PolicyError(f"{folder}: there are no policies, so nothing can be judged; restore the folder")
    rules = sorted((_read(folder, path) for path in rule_files(folder)), key=lambda rule: rule.id)
    if not rules:
        raise PolicyError(f"{folder}: there is no rule in it, so nothing can be judged; restore the folder")
    return tuple(rules)


def rule_files(folder: Path) -> Iterator[Path]:
    """Yield the files of rules: `<category>/<rule>/<rule>.rego`."""
    for path in sorted(folder.glob("*/*/*.rego")):
        top = path.relative_to(folder).parts[0]
        if not path.name.endswith(TEST_SUFFIX) and top != LIBRARY and not top.startswith("."):
            yield path


def module_files(folder: Path) -> Iterator[Path]:
    """Yield every file that conftest loads: rules and library, no tests."""
    for path in sorted(folder.rglob("*.rego")):
        if not path.name.endswith(TEST_SUFFIX) and not path.is_relative_to(folder / ".regal"):
            yield path


def _read(folder: Path, path: Path) -> Rule:
    category, name, file = path.relative_to(folder).parts
    shown = f"{folder.name}/{category}/{name}/{file}"
    rule_id = f"{category}/{name}"
    text = path.read_text(encoding="utf-8")
    if not _ID.match(rule_id) or path.stem != name:
        raise PolicyUsage(f"{shown}: a rule lies in <category>/<rule>/<rule>.rego, in lower case with hyphens")
    package = _PACKAGE.search(text)
    expected = rule_id.replace("/", ".").replace("-", "_")
    if package is None or package[1] != expected:
        found = f"package {package[1]}" if package else "no package"
        raise PolicyUsage(f"{shown}: {found}, package {expected} is expected for this folder")
    _check_head(shown, text)
    return _rule(shown, rule_id, expected, _metadata(shown, text[: package.start()]))


def _check_head(shown: str, text: str) -> None:
    heads = _HEAD.findall(text)
    if not any(word == "deny" for word, _ in heads):
        raise PolicyUsage(f"{shown}: it has no rule `deny contains finding if`, so it could never find anything")
    for word, rest in heads:
        if word != "deny":
            raise PolicyUsage(
                f"{shown}: `{word}` is never asked for; write deny, and `severity: warning` in its METADATA"
            )
        if not rest.strip().startswith("contains "):
            raise PolicyUsage(f"{shown}: `deny{rest}` is no set; write `deny contains finding if`")


def _metadata(shown: str, head: str) -> dict[str, Any]:
    """Read the METADATA block right above the package."""
    lines = head.rstrip().splitlines()
    starts = [number for number, line in enumerate(lines) if line.strip() == "# METADATA"]
    block = lines[starts[-1] + 1 :] if starts else []
    if not block or not all(line.startswith("#") for line in block):
        raise PolicyUsage(f"{shown}: there is no `# METADATA` block right above the package")
    try:
        text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in block)
        read = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise PolicyUsage(f"{shown}: its METADATA is no YAML: {error}") from error
    if not isinstance(read, dict):
        raise PolicyUsage(f"{shown}: its METADATA is no mapping")
    return read


def _rule(shown: str, rule_id: str, package: str, said: dict[str, Any]) -> Rule:
    custom = said.get("custom") if isinstance(said.get("custom"), dict) else {}
    assert isinstance(custom, dict)
    required = {"title": said, "description": said, "severity": custom, "reference": custom, "fix": custom}
    lacking = [key for key, where in required.items() if not where.get(key)]
    if lacking:
        raise PolicyUsage(f"{shown}: its METADATA lacks {', '.join(lacking)}")
    if unknown := sorted(set(custom) - _CUSTOM):
        raise PolicyUsage(
            f"{shown}: its METADATA has the unknown key {unknown[0]!r} under custom,"
            f" known are {', '.join(sorted(_CUSTOM))}"
        )
    if custom["severity"] not in ("error", "warning"):
        raise PolicyUsage(f"{shown}: severity is {custom['severity']!r}, error or warning is expected")
    if custom.get("needs", "objects") not in ("objects", "fleet"):
        raise PolicyUsage(f"{shown}: needs is {custom['needs']!r}, objects or fleet is expected")
    return Rule(
        rule_id,
        package,
        shown,
        title=str(said["title"]),
        why=str(said["description"]).strip(),
        severity=Severity[custom["severity"].upper()],
        reference=str(custom["reference"]),
        values=tuple(str(custom.get("values") or "").split(".")) if custom.get("values") else (),
        fix=str(custom["fix"]),
        needs=str(custom.get("needs", "objects")),
        manifest=tuple(tuple(field.split(".")) for field in str(custom.get("manifest") or "").split(", ") if field),
        manifest_fix=str(custom.get("manifest_fix") or ""),
    )
