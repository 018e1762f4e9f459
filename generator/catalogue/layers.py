"""Lay the layers of one service over each other: defaults, templates, file, override."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from generator.catalogue.expand import COMPONENT_RULES, SERVICE_RULES
from generator.catalogue.gaps import Fields, below, field_names, with_images
from generator.catalogue.service import Form
from generator.catalogue.shape.fields import COMPONENT, CONTAINER
from generator.catalogue.shape.finished import finished
from generator.catalogue.shape.sound import without
from generator.finding import Finding, Place
from generator.source import Map, MergeRules, Path, Seq, merge

COMPONENT_FIELDS = frozenset({*CONTAINER, *COMPONENT})


@dataclass(frozen=True, slots=True)
class Layered:
    """One service, merged: what is its own, its main component, and its further components.

    `tree` is all of it but the components, as `explain` and places need it.
    """

    form: Form
    tree: Map
    main: Map
    components: Mapping[str, Map]
    findings: tuple[Finding, ...]
    gaps: tuple[Path, ...] = ()


def lay(layers: Sequence[Map], defaults: Map, path: str, gaps: tuple[Path, ...] = ()) -> Layered:
    """Merge the layers of a service, lowest first, each with its shorthands written out.

    `defaults` lie under the components of a workload, not under a chart, a Postgres cluster or
    bare objects. Findings say what merging could not do, and what does not fit once it is done; what
    does not fit is left out. `gaps` lead to what could not be read of some layer: nobody says that it is
    missing, and what a lower layer has there does not count either.
    """
    findings: list[Finding] = []
    start = Map(Place(path))
    merged = _fold(start, layers, findings, SERVICE_RULES)
    form = form_of(merged)
    lowest = defaults if form == "workload" else start
    main = _fold(lowest, [component_tree(layer) for layer in layers], findings, COMPONENT_RULES)
    own = _without(merged, COMPONENT_FIELDS)
    unread = field_names(gaps)
    components = dict(_components(merged, main, defaults, unread, findings)) if form == "workload" else {}
    shapes = finished()
    found = [*gaps]

    def sound(shape: str, tree: Map, *prefix: str) -> Map:
        known = below(gaps, *prefix)
        judged = shapes[shape].judge(without(tree, known), prefix, unread)
        findings.extend(judged.findings)
        found.extend(judged.gaps)
        return with_images(judged.tree, (*known, *judged.gaps))

    own, main = sound("service", own), sound("component", main)
    components = {name: sound("component", tree, "components", name) for name, tree in components.items()}
    return Layered(form, _joined(own, main), main, components, tuple(findings), tuple(found))


def form_of(tree: Map) -> Form:
    """What a service is; one that is several things is judged by the first of these."""
    if tree.get("retired") is not None:
        return "retired"
    if tree.get("chart") is not None:
        return "chart"
    if tree.get("postgres") is not None:
        return "postgres"
    if tree.get("image") is not None or tree.child("components"):
        return "workload"
    return "objects"


def component_tree(tree: Map) -> Map:
    """The part of a service's tree that describes its main component."""
    return _only(tree, COMPONENT_FIELDS)


def _fold(start: Map, layers: Sequence[Map], findings: list[Finding], rules: MergeRules) -> Map:
    return reduce(lambda below, above: merge(below, above, findings, rules), layers, start)


def _components(
    merged: Map, main: Map, defaults: Map, unread: Fields, findings: list[Finding]
) -> Iterator[tuple[str, Map]]:
    """Each further component: defaults, what it inherits from the finished main one, its own."""
    for name, value in merged.child("components").items():
        if isinstance(value, Map):
            inherited = _inherited(value, main, name, unread, findings)
            yield name, _fold(defaults, (inherited, _without(value, {"inherit"})), findings, COMPONENT_RULES)


def _inherited(value: Map, main: Map, part: str, unread: Fields, findings: list[Finding]) -> Map:
    fields = value.get("inherit")
    result = Map(value.place)
    for index, name in enumerate(fields if isinstance(fields, Seq) else ()):
        key = str(name)
        if key in main:
            result.put(key, main[key], *main.marks[key])
        elif isinstance(fields, Seq) and key not in unread:
            message = f"component {part!r} inherits {key!r}, the main component does not have it"
            fix = f"remove {key!r} from `inherit`"
            findings.append(Finding(fields.item_place(index), "catalogue/inherits-nothing", message, fix))
    return result


def _only(tree: Map, keys: frozenset[str]) -> Map:
    result = Map(tree.place)
    for key, value in tree.items():
        if key in keys:
            result.put(key, value, *tree.marks[key])
    return result


def _without(tree: Map, keys: frozenset[str] | set[str]) -> Map:
    return _only(tree, frozenset(tree) - keys)


def _joined(own: Map, main: Map) -> Map:
    result = own.copy()
    for key, value in main.items():
        result.put(key, value, *main.marks[key])
    return result
