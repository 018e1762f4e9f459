"""YAML as plain Python containers that remember where each key and value was written.

A `Map` is a dict and a `Seq` is a list, so everything that reads JSON-like data reads them too.
Beside the data they hold places; merging keeps the place of whichever layer won. They are built
once and never changed afterwards.
"""

from collections.abc import Iterator
from typing import Union

from generator.finding import Place

Scalar = str | int | float | bool | None
Value = Union["Map", "Seq", Scalar]
Path = tuple[str | int, ...]


class Map(dict[str, Value]):
    """A mapping; `place` is its own, `marks[key]` are the places of a key and of its value."""

    __slots__ = ("has_null", "marks", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.marks: dict[str, tuple[Place, Place]] = {}
        self.has_null = False

    def put(self, key: str, value: Value, key_place: Place, value_place: Place) -> None:
        """Set `key`; only while the map is being built."""
        self[key] = value
        self.marks[key] = (key_place, value_place)
        if value is None or (isinstance(value, Map | Seq) and value.has_null):
            self.has_null = True

    def key_place(self, key: str) -> Place:
        """Where `key` was written; the map's own place if it was not."""
        mark = self.marks.get(key)
        return mark[0] if mark else self.place

    def value_place(self, key: str) -> Place:
        """Where the value of `key` was written; the map's own place if it was not."""
        mark = self.marks.get(key)
        return mark[1] if mark else self.place

    def child(self, key: str) -> "Map":
        """The map under `key`, or an empty one in its place."""
        value = self.get(key)
        return value if isinstance(value, Map) else Map(self.value_place(key))

    def copy(self) -> "Map":
        """A shallow copy with the places."""
        twin = Map(self.place)
        twin.update(self)
        twin.marks.update(self.marks)
        twin.has_null = self.has_null
        return twin


class Seq(list[Value]):
    """A sequence; `marks[i]` is the place of item i."""

    __slots__ = ("has_null", "marks", "place")

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.marks: list[Place] = []
        self.has_null = False

    def add(self, value: Value, place: Place) -> None:
        """Append an item; only while the sequence is being built."""
        self.append(value)
        self.marks.append(place)
        if value is None or (isinstance(value, Map | Seq) and value.has_null):
            self.has_null = True

    def item_place(self, index: int) -> Place:
        """Where item `index` was written; the sequence's own place if it was not."""
        return self.marks[index] if 0 <= index < len(self.marks) else self.place


def place_at(tree: Value, path: Path, *, of_key: bool = False, fallback: Place | None = None) -> Place:
    """Return the place of what `path` leads to, or of the last thing on the way that exists.

    `of_key` asks for the key at the end of the path instead of its value.
    """
    place = tree.place if isinstance(tree, Map | Seq) else fallback
    for step, name in enumerate(path):
        last = step == len(path) - 1
        if isinstance(tree, Map) and name in tree.marks:
            place = tree.marks[str(name)][0 if of_key and last else 1]
            tree = tree[str(name)]
        elif isinstance(tree, Seq) and isinstance(name, int) and name < len(tree):
            place = tree.item_place(name)
            tree = tree[name]
        else:
            break
    if place is None:
        raise ValueError("a bare scalar has no place; give a fallback")
    return place


def walk_leaves(tree: Value, path: Path = ()) -> Iterator[tuple[Path, Value, Place]]:
    """Yield (path, value, place) of every scalar and every empty container, in file order."""
    if isinstance(tree, Map):
        for key, value in tree.items():
            yield from _leaf_or_below(value, (*path, key), tree.value_place(key))
    elif isinstance(tree, Seq):
        for index, value in enumerate(tree):
            yield from _leaf_or_below(value, (*path, index), tree.item_place(index))


def _leaf_or_below(value: Value, path: Path, place: Place) -> Iterator[tuple[Path, Value, Place]]:
    if isinstance(value, Map | Seq) and value:
        yield from walk_leaves(value, path)
    else:
        yield path, value, place
