"""Where a run stands: called before each thing done on disk, so that a test can end the run there."""

from typing import Protocol


class Step(Protocol):
    """Told what is about to be done to which path."""

    def __call__(self, action: str, path: str, /) -> None: ...


def no_step(action: str, path: str, /) -> None:
    """Go on: what a run does outside of tests."""
