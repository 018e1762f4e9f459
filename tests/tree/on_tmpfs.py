"""Run inside a mount namespace of its own: a disk that fills up, and one that turns read-only.

Prints as JSON what the test compares. Arguments: an empty folder to mount on, and `full` or `read-only`.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from generator.tree import TEMPORARY, Content, TreeError, check
from tests.tree.trees import NEW, OLD, on_disk, tree_of, write_tree

BIG: dict[str, Content] = {f"charts/big/{i}.yaml": bytes([65 + i]) * 20_000 for i in range(20)}


def main(folder: Path, case: str) -> None:
    mount("-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder))
    result = {"full": full, "ledger-full": ledger_full, "read-only": read_only}[case](folder)
    sys.stdout.write(json.dumps(result))


def full(root: Path) -> dict[str, object]:
    """Write more than fits, then something that fits."""
    write_tree(root, OLD)
    text = error_of(lambda: write_tree(root, OLD | BIG))
    after = on_disk(root)
    whole = all(content == (OLD | BIG)[path] for path, content in after.items())
    left_temporary = [path for path in after if TEMPORARY in path]
    write_tree(root, NEW)
    return {"error": text, "whole": whole, "temporary": left_temporary, "healed": on_disk(root) == NEW}


def ledger_full(root: Path) -> dict[str, object]:
    """Leave no room for even the ledger: nothing may be touched."""
    write_tree(root, OLD)
    filler = root / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(4096))
        except OSError:
            pass
    text = error_of(lambda: write_tree(root, NEW))
    filler.unlink()
    untouched = on_disk(root) == OLD
    write_tree(root, NEW)
    return {"error": text, "untouched": untouched, "healed": on_disk(root) == NEW}


def read_only(root: Path) -> dict[str, object]:
    """Turn the disk read-only: a run says so once, a check still works."""
    write_tree(root, OLD)
    mount("-o", "remount,ro", str(root))
    text = error_of(lambda: write_tree(root, NEW))
    return {"error": text, "untouched": on_disk(root) == OLD, "check": len(check(root, tree_of(OLD)))}


def error_of(work: Callable[[], object]) -> str:
    try:
        work()
    except TreeError as error:
        return str(error)
    return "no error"


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
