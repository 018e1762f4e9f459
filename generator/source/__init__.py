"""YAML in, trees with places out; one merge for every reader of this project."""

from generator.source.merge import PLAIN, MergeRules, merge, nothing_to_remove, plain, settle
from generator.source.reader import MAX_BYTES, MAX_DEPTH, Document, read_bytes, read_file, symbolic_link
from generator.source.tree import Map, Path, Scalar, Seq, Value, place_at, walk_leaves

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "PLAIN",
    "Document",
    "Map",
    "MergeRules",
    "Path",
    "Scalar",
    "Seq",
    "Value",
    "merge",
    "nothing_to_remove",
    "place_at",
    "plain",
    "read_bytes",
    "read_file",
    "settle",
    "symbolic_link",
    "walk_leaves",
]
