"""Render each distinct object of a chart once, whichever environments it appears in (architecture.md 18).

Half of a fleet's objects are the same in several environments. What an object prints depends on its
body, its service, and the domain and tier of its chart: the library reads nothing else, which is
looked up in its text before anything is taken from another environment. And as it reads nothing of
Helm's but values, all environments of a chart are printed in one go: to read the library and to start
costs Helm more than a service does. A test renders the catalogue both ways.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from generator.helm import ChartTexts, Engine, HelmError, Pair, Pairs, Renderer, documents_of

if TYPE_CHECKING:
    from generator.chart import ChartValues

_ENTRY = "_service.tpl"
_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
_READ = re.compile(r"\.(?:root|values|Values|Files|Chart|Release|Template|Capabilities)\b[.\w]*")
_KNOWN = frozenset({".root.Values", ".values.domain", ".values.tier"})
_SIBLINGS = re.compile(r"\.service\.(?:objects|raw|patched)\b")
_TEMPLATES = "templates/"
Values = dict[str, Any]
_Key = tuple[object, ...]


def is_plain(library: Mapping[str, str]) -> bool:
    """Say whether an object of this library depends on nothing but its body, its service, domain and tier."""
    for path, text in library.items():
        code = _COMMENT.sub("", text)
        if not path.endswith(".tpl"):
            continue
        if not _KNOWN.issuperset(_READ.findall(code)):
            return False
        if not path.endswith(_ENTRY) and _SIBLINGS.search(code):
            return False
    return True


@dataclass(slots=True)
class _Left:
    """What is left to print in one environment: its values, what each template prints, what others print for it."""

    values: Values
    printing: dict[str, list[_Key]]
    taken: list[tuple[str, _Key]]


def render_once(
    engine: Engine, chart: ChartTexts, values: ChartValues, environments: tuple[str, ...]
) -> dict[str, Pairs]:
    """Render a chart for several environments at once; what one prints is not printed again for another.

    Raises:
        HelmError: the chart does not load, or a template fails.
    """
    promised: set[_Key] = set()
    left = [_left(chart.name, values[environment], promised) for environment in environments]
    given = {_place(number): own.values for number, own in enumerate(left)}
    try:
        files = engine.render_files(_for_each(chart, len(left)), given)
    except HelmError:
        return render_each(engine, chart, values, environments)  # it says where in the chart itself
    printed: dict[_Key, str] = {}
    rendered = {}
    for number, (environment, own) in enumerate(zip(environments, left, strict=True)):
        pairs = []
        for path in _templates(chart):
            source = f"{chart.name}/{path}"
            texts = documents_of(files.get(f"{chart.name}/{_path(number, path)}", ""))
            pairs += [Pair(source, text) for text in texts]
            names = own.printing.get(source, [])
            if names and len(names) != len(texts):
                # One document for each object, in their order; else nobody knows which is whose.
                return render_each(engine, chart, values, environments)
            printed.update(zip(names, texts, strict=False))
        pairs += [Pair(source, printed[key]) for source, key in own.taken]
        rendered[environment] = tuple(sorted(pairs))
    return rendered


def render_each(
    engine: Renderer, chart: ChartTexts, values: ChartValues, environments: tuple[str, ...]
) -> dict[str, Pairs]:
    """Render a chart for one environment after the other.

    Raises:
        HelmError: the chart does not load, or a template fails.
    """
    return {environment: engine.render_complete(chart, values[environment]) for environment in environments}


def _for_each(chart: ChartTexts, environments: int) -> ChartTexts:
    """Return a chart that prints each template for each environment: within a define, `$` is what it is given."""
    texts = {path: text for path, text in chart.texts.items() if not path.startswith(_TEMPLATES)}
    for number in range(environments):
        for path in _templates(chart):
            name = f'"{_path(number, path)}"'
            root = f'(dict "Values" (index .Values "{_place(number)}"))'
            texts[_path(number, path)] = (
                f"{{{{- define {name} }}}}{chart.texts[path]}{{{{ end }}}}{{{{ include {name} {root} }}}}"
            )
    return ChartTexts(chart.name, texts)


def _templates(chart: ChartTexts) -> list[str]:
    return [path for path in chart.texts if path.startswith(_TEMPLATES)]


def _place(number: int) -> str:
    return f"e{number}"


def _path(number: int, path: str) -> str:
    return f"{_TEMPLATES}{_place(number)}/{path.removeprefix(_TEMPLATES)}"


def _left(chart: str, values: Mapping[str, Any], promised: set[_Key]) -> _Left:
    """Note what an environment prints, and what an earlier one has promised to print for it."""
    left = _Left({**values, "services": {}}, {}, [])
    for name, service in values["services"].items():
        left.values["services"][name] = service
        if service.get("raw") or service.get("patched"):
            continue
        source = f"{chart}/{_TEMPLATES}{name}.yaml"
        head = {key: value for key, value in service.items() if key != "objects"}
        about = (name, _exactly([values.get("domain"), values.get("tier"), head]))
        objects: dict[str, Values] = {}
        for kind, several in sorted(service["objects"].items()):
            for item, body in sorted(several.items()):
                key = (*about, kind, item, _exactly(body))
                if key in promised:
                    left.taken.append((source, key))
                else:
                    promised.add(key)
                    objects.setdefault(kind, {})[item] = body
                    left.printing.setdefault(source, []).append(key)
        left.values["services"][name] = {**head, "objects": objects}
    return left


def _exactly(value: Any) -> bytes:
    """As bytes 1, 1.0 and true are three values; to Python they are equal."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
