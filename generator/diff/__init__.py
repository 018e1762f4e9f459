"""What a change does to the rendered fleet, with a mark and a reason where it is dangerous."""

from generator.diff.change import Change, Field, Kind, Mark
from generator.diff.compare import Diff, Entry, compare_states
from generator.diff.error import DiffError, UnknownBase
from generator.diff.show import as_markdown, as_text
from generator.diff.state import State, at_commit, in_tree

__all__ = [
    "Change",
    "Diff",
    "DiffError",
    "Entry",
    "Field",
    "Kind",
    "Mark",
    "State",
    "UnknownBase",
    "as_markdown",
    "as_text",
    "at_commit",
    "compare_states",
    "in_tree",
]
