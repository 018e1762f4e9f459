"""The other end of a press: what runs in its process."""

import gc
import os
import pickle
import re
import select
import sys
from pathlib import Path
from typing import BinaryIO

from generator.pipeline.press import read_frame, write_frame
from generator.pipeline.printing import Printer

_VERSION = re.compile(r"^kubernetes:.*?\bversion:\s*[\"']?v?(\d+\.\d+)", re.MULTILINE | re.DOTALL)


def serve(root: str) -> None:
    """Render and judge what comes in until nothing more does; any fault ends it, and the work is done elsewhere."""
    gc.disable()  # as the command does
    status = 1
    try:
        # Nobody else may write where the results go.
        outbox = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        _serve(Path(root), sys.stdin.buffer, outbox)
        status = 0
    finally:
        os._exit(status)


def _serve(root: Path, inbox: BinaryIO, outbox: BinaryIO) -> None:
    printer = Printer(root)
    printer.warm(_likely_version(root), lambda: bool(select.select([inbox], [], [], 0)[0]))
    versions = read_frame(inbox)
    if versions is None:
        return
    printer.begin(pickle.loads(versions))  # noqa: S301  written by the process that started this one
    # One after the other: in two threads the parts that are Python wait for each other longer than Helm takes.
    while (content := read_frame(inbox)) is not None:
        outcome = printer.print(pickle.loads(content))  # noqa: S301  as above
        write_frame(outbox, pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL))


def _likely_version(root: Path) -> str:
    """Guess which Kubernetes the site runs, without reading its values: only what is compiled first hangs on it."""
    try:
        found = _VERSION.search((root / "values" / "site.yaml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        found = None
    return found[1] if found else ""
