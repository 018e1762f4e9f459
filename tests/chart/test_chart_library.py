"""The library's own rules: small, pure, and nothing in it that nobody uses."""

import re

import pytest

from generator.chart.seen import KIND_GROUPS
from generator.chart.shape import BODIES
from tests.chart.catalogue import LIBRARY

TEMPLATES = sorted((LIBRARY / "templates").iterdir())
TEXTS = {path.name: path.read_text() for path in TEMPLATES}
WHOLE = "\n".join(TEXTS.values())
CODE = re.sub(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", "", WHOLE, flags=re.DOTALL)
ACTIONS = re.findall(r"\{\{-?\s*(.*?)\s*-?\}\}", CODE, flags=re.DOTALL)
# Each of these loses a value, changes one for later templates, or prints what the caller's machine says.
FORBIDDEN = (
    r"\btpl\b",
    r"\blookup\b",
    r"\brand\w+",
    r"\bgen[A-Z]\w+",
    r"\bnow\b",
    r"\bdate\w*\b",
    r"\.Capabilities",
    r"\.Release",
    r"(?<!\.)\bdefault\b",
    r"\bmerge\w*\b",
    r"\bset\b",
    r"\bunset\b",
    r"\btrim\w*\b",
    r"\bfail\b",
    r"\brequired\b",
    r"\benv\b\s",
    r"\bkeys\b",
    r"\bfromYaml\b",
    r"\bfromJson\b",
)
# Texts that need no quotes: names, which Python has checked, and words of a closed schema.
BARE = {
    ".", ".body.account", ".body.component", ".body.externalTrafficPolicy", ".body.module", ".body.namespace",
    ".body.pod.container.name", ".body.pod.serviceAccountName", ".body.reclaimPolicy", ".body.serviceName",
    ".body.type", ".body.volumeBindingMode", ".cidr", ".context.body.account", ".context.object",
    ".context.service.namespace", ".kind", ".name", ".namespace", ".object", ".protocol", ".secret",
    ".service.namespace", ".type", ".values.domain", ".values.tier", ".body.cluster", ".expr", ".match",
    "$.object", "$alert", "$direction", "$end", "$key", "$metric", "$probe", "$side", "$text", "$what",
    "$backup.metric", "$match", "$backup.match",
}  # fmt: skip


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_no_template_uses_what_makes_renders_differ(pattern: str) -> None:
    assert [action for action in ACTIONS if re.search(pattern, re.sub(r'"[^"]*"', '""', action))] == []


def test_what_is_printed_bare_is_a_name_or_a_word() -> None:
    bare = {action for action in ACTIONS if re.fullmatch(r"[.$][\w.]*", action)}
    assert {action for action in bare - BARE if not action.startswith("$labels.")} == set()


def test_every_file_starts_by_saying_what_it_is() -> None:
    assert [name for name, text in TEXTS.items() if not text.startswith("{{- /*")] == []


def test_sizes_stay_small() -> None:
    lines = {name: text.count("\n") for name, text in TEXTS.items()}
    assert {name: count for name, count in lines.items() if count > 100} == {}
    assert len(lines) <= 30
    assert sum(lines.values()) <= 1400


def test_each_define_exists_once_and_is_used() -> None:
    defined = re.findall(r'define "([^"]+)"', WHOLE)
    assert sorted(defined) == sorted(set(defined))
    included = set(re.findall(r'include "([^"]+)"', WHOLE))
    kinds = {f"common.kind.{kind.lower()}" for kind in BODIES}
    alerts = {name for name in defined if name.startswith("common.alert.") and name != "common.alert.severity"}
    assert set(defined) - included - alerts - {"common.service"} == kinds
    assert included <= set(defined)


def test_every_kind_has_a_shape_a_template_and_a_group() -> None:
    assert set(BODIES) == set(KIND_GROUPS)
    for kind in BODIES:
        assert f"kind: {kind}\n" in WHOLE


def test_right_dashes_stand_only_around_defines() -> None:
    # In an expression `{ {{- .match -}} }` is how a selector gets its own braces.
    lines = [line.replace("-}} }", "}} }") for line in CODE.split("\n")]
    assert [line for line in lines if "-}}" in line and not line.startswith("{{-")] == []
