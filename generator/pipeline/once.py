"""Render each distinct object of a chart once, whichever environments it appears in (architecture.md 18).

Half of a fleet's objects are the same in several environments. What an object prints depends on its
body, its service, and the domain and tier of its chart: the library reads nothing else, which is
looked up in its text before anything is taken from another environment. A test renders the catalogue
both ways.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from generator.chart import ChartValues
from generator.helm import ChartTexts, Engine, Pair, Pairs, documents_of

_ENTRY = "_service.tpl"
_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
_READ = re.compile(r"\.(?:root|values|Values|Files|Chart|Release|Template|Capabilities)\b[.\w]*")
_KNOWN = frozenset({".root.Values", ".values.domain", ".values.tier"})
_SIBLINGS = re.compile(r"\.service\.(?:objects|raw|patched)\b")
Values = dict[str, Any]


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
    """What is left to print in one environment: its values, the names of what each template prints, what is taken."""

    values: Values
    printing: dict[str, list[tuple[object, ...]]]
    taken: list[Pair]


def render_once(
    engine: Engine, chart: ChartTexts, values: ChartValues, environments: tuple[str, ...]
) -> dict[str, Pairs]:
    """Render a chart in several environments; what one has already printed is not printed again.

    Raises:
        HelmError: the chart does not load, or a template fails.
    """
    printed: dict[tuple[object, ...], str] = {}
    rendered = {}
    for environment in environments:
        left = _left(chart.name, values[environment], printed)
        pairs = left.taken
        for source, text in engine.render_files(chart, left.values).items():
            texts = documents_of(text)
            pairs += [Pair(source, document) for document in texts]
            names = left.printing.get(source, [])
            # One document for each object, in their order; else nobody knows which is whose.
            if len(names) == len(texts):
                printed.update(zip(names, texts, strict=True))
        rendered[environment] = tuple(sorted(pairs))
    return rendered


def _left(chart: str, values: Mapping[str, Any], printed: Mapping[tuple[object, ...], str]) -> _Left:
    left = _Left({**values, "services": {}}, {}, [])
    for name, service in values["services"].items():
        left.values["services"][name] = service
        if service.get("raw") or service.get("patched"):
            continue
        source = f"{chart}/templates/{name}.yaml"
        head = {key: value for key, value in service.items() if key != "objects"}
        about = (name, _exactly([values.get("domain"), values.get("tier"), head]))
        objects: dict[str, Values] = {}
        for kind, several in sorted(service["objects"].items()):
            for item, body in sorted(several.items()):
                key = (*about, kind, item, _exactly(body))
                if key in printed:
                    left.taken.append(Pair(source, printed[key]))
                else:
                    objects.setdefault(kind, {})[item] = body
                    left.printing.setdefault(source, []).append(key)
        left.values["services"][name] = {**head, "objects": objects}
    return left


def _exactly(value: Any) -> bytes:
    """As bytes 1, 1.0 and true are three values; to Python they are equal."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
