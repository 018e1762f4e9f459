"""Where in a manifest a finding belongs: from a hit to the path that it is about, from a path to its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.policy import Hit

if TYPE_CHECKING:
    from yaml.nodes import Node

Path = tuple[str | int, ...]
Position = tuple[int, int]
_LISTS = ("containers", "initContainers", "ephemeralContainers")
_WORDS = re.compile(r"[^\s'\",;:()]+")
_CONTAINER = re.compile(r"container '([^']+)'")


@dataclass(frozen=True, slots=True)
class Spots:
    """The nodes of one object as they stand in a text; `first_line` is that of its document."""

    root: Node | None
    first_line: int = 1

    def at(self, path: Path) -> Position:
        """Return line and column of what a path leads to, or of the last thing on the way that is there.

        A value that begins below its key is found by the key.
        """
        node, position = self.root, self._of(self.root)
        for step in path:
            key, value = _child(node, step)
            if value is None:
                break
            node = value
            position = self._of(value if key is None or _stands_beside(key, value) else key)
        return position

    def key(self, path: Path) -> Position:
        """Return line and column of the key at the end of a path."""
        node = self.root
        for step in path[:-1]:
            node = _child(node, step)[1]
        found = _child(node, path[-1])[0] if path else None
        return self._of(found) if found is not None else self.at(path)

    def _of(self, node: Node | None) -> Position:
        if node is None:
            return self.first_line, 1
        return self.first_line + node.start_mark.line, node.start_mark.column + 1


def spots_of(document: str, first_line: int, item: int = 0) -> Spots:
    """Return the nodes of an object in the text of its document; `item` counts within a `v1 List`."""
    import yaml

    try:
        root = yaml.compose(document, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return Spots(None, first_line)
    items = _child(root, "items")[1] if _scalar(_child(root, "kind")[1]) == "List" else None
    return Spots(_child(items, item)[1] if items is not None else root, first_line)


def _stands_beside(key: Node, value: Node) -> bool:
    """Whether a value is a scalar on the line of its key."""
    return isinstance(value.value, str) and value.start_mark.line == key.start_mark.line


def _scalar(node: Node | None) -> str:
    return node.value if node is not None and isinstance(node.value, str) else ""


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node | None]:
    """Return key and value; of a list the item has no key. Where a key stands twice, the last one counts."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in reversed(node.value):
            if _scalar(key) == step:
                return key, value
        for key, value in node.value:
            if _scalar(key) == "<<":
                for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    found = _child(merged, step)
                    if found[1] is not None:
                        return found
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return None, None


def path_of(hit: Hit, body: Mapping[str, Any]) -> Path:
    """Return the path in an object that a hit is about.

    The field that the rule names, looked for in the container, the pod, the spec and the object; where it is
    missing, what it is missing from; else the object's name.
    """
    words = frozenset(_WORDS.findall(hit.message))
    named = _CONTAINER.search(hit.message)
    container = _container(body, hit.container or (named[1] if named else None))
    roots = [*([container] if container else ()), *_pods(body, ()), ("spec",), ("metadata",), ()]
    fields = [tuple(field) for field in (*hit.rule.manifest, hit.values, hit.rule.values) if field]
    found = [(field, root, _reached(body, root, field, words)) for field in fields for root in roots]
    whole = [path for field, root, path in found if len(path) - len(root) >= len(field)]
    if whole:
        # Of several fields that are there it is the one that the message names.
        return max(whole, key=lambda path: _named(path, words))
    if container:
        return max((path for _, root, path in found if root == container), key=len, default=container)
    begun = [path for _, root, path in found if len(path) > len(root)]
    return max(begun, key=len) if begun else ("metadata", "name")


def _named(path: Path, words: frozenset[str]) -> int:
    return sum(1 for step in path if step in words) + isinstance(path[-1], int)


def _container(body: Mapping[str, Any], name: str | None) -> Path | None:
    for pod in _pods(body, ()):
        for kind in _LISTS:
            for number, item in enumerate(at(body, (*pod, kind)) or ()):
                if name is not None and _name(item) == name:
                    return (*pod, kind, number)
    return None


def _pods(node: Any, path: Path) -> Iterator[Path]:
    """Yield the paths of mappings that hold containers."""
    if isinstance(node, Mapping):
        if isinstance(node.get("containers"), list):
            yield path
        for key, value in node.items():
            if key not in _LISTS:
                yield from _pods(value, (*path, key))


def _reached(body: Mapping[str, Any], root: Path, field: Sequence[str | int], words: frozenset[str]) -> Path:
    """Return how far a field leads from a root; in a list, to the item of that name or that the message names."""
    path = root
    for step in field:
        node = at(body, path)
        if isinstance(node, list):
            named = [number for number, item in enumerate(node) if _name(item) == step]
            if not named:
                break
            path = (*path, named[-1])
        elif isinstance(node, Mapping) and step in node:
            path = (*path, step)
        else:
            break
    node = at(body, path)
    if len(path) > len(root) and isinstance(node, list):
        told = [number for number, item in enumerate(node) if str(_name(item)) in words]
        told = told or [number for number, item in enumerate(node) if _tells(item, words)]
        return (*path, told[-1]) if told else path
    return path


def _tells(item: Any, words: frozenset[str]) -> bool:
    """Whether a message names a value in an item of a list."""
    if isinstance(item, Mapping | list):
        return any(_tells(value, words) for value in (item.values() if isinstance(item, Mapping) else item))
    return str(item) in words


def _name(item: Any) -> Any:
    return item.get("name") if isinstance(item, Mapping) else item


def at(node: Any, path: Path) -> Any:
    """Return what a path leads to in an object; None where there is nothing."""
    for step in path:
        if isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        elif isinstance(node, Mapping):
            node = node.get(step)
        else:
            return None
    return node
