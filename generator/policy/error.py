"""What keeps the gate from judging."""

from generator.finding import ChartroomError


class PolicyError(ChartroomError):
    """The gate cannot judge: conftest, a rule or the document is not usable. Nothing passed."""


class PolicyUsage(ChartroomError):
    """A person has something to write or to rename before rules can run."""
