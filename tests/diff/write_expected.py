"""Write expected/ anew: look at every difference before it is committed."""

import shutil
import tempfile
from pathlib import Path

from tests.diff.edits import DANGEROUS
from tests.diff.repository import diff, edit, make_repository


def write_expected() -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        base.mkdir()
        make_repository(base)
        for name, edits in DANGEROUS.items():
            root = Path(folder) / name
            shutil.copytree(base, root, symlinks=True)
            edit(root, *edits)
            (Path(__file__).parent / "expected" / f"{name}.txt").write_text(diff(root)[1], encoding="utf-8")


if __name__ == "__main__":
    write_expected()
