"""Where a repository of values is."""

from pathlib import Path

from generator.finding import ChartroomError, shown

TOOLS = ".tools/bin"


class NoWorkspace(ChartroomError):
    """The folder holds no values, or no such environment."""


def require_values(root: Path) -> None:
    """Refuse a folder that is no repository of values.

    Raises:
        NoWorkspace: there is no folder `values` in it.
    """
    if not (root / "values").is_dir():
        where = "run chartroom at the top of the repository, or name it with --root"
        raise NoWorkspace(f"{shown(str(root))}: no folder 'values' here; {where}")
