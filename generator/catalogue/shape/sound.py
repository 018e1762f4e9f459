"""A tree without the parts that do not have their shape, so that the rest can be judged in the same run."""

from collections.abc import Collection

from generator.source import Map, Path, Seq, Value


def without(tree: Map, paths: Collection[Path]) -> Map:
    """Return `tree` without what the paths lead to. Parts that no path touches are shared."""
    if not paths:
        return tree
    below: dict[str | int, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    result = Map(tree.place)
    for key, value in tree.items():
        if key not in below:
            result.put(key, value, *tree.marks[key])
        elif all(below[key]):
            result.put(key, _pruned(value, below[key]), *tree.marks[key])
    return result


def _pruned(value: Value, paths: list[Path]) -> Value:
    if isinstance(value, Map):
        return without(value, paths)
    if not isinstance(value, Seq):
        return value
    below: dict[str | int, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    result = Seq(value.place)
    for index, item in enumerate(value):
        if index not in below:
            result.add(item, value.item_place(index))
        elif all(below[index]):
            result.add(_pruned(item, below[index]), value.item_place(index))
    return result
