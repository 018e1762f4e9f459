"""Why two states cannot be compared."""

from generator.finding import ChartroomError


class DiffError(ChartroomError):
    """A state cannot be read: git is missing, or a chart does not render."""


class UnknownBase(DiffError):
    """What was named is no commit of this repository."""
