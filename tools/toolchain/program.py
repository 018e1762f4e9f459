"""Run a program, show its progress, and keep what it said for the case that it fails."""

import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from toolchain.fault import SetupFault
from toolchain.progress import Progress

# A command line; invariant lists of `str | Path` would need a note at every call.
Arguments = list[str | Path]
TAIL = 15


def run(
    arguments: Sequence[str | Path],
    *,
    what: str,
    progress: Progress,
    environ: Mapping[str, str],
    folder: Path | None = None,
    describe: Callable[[str], str | None] = lambda line: line,
) -> None:
    """Run to the end; each line of output passes through `describe`, what it returns is shown as progress."""
    tail: deque[str] = deque(maxlen=TAIL)
    started = time.monotonic()
    try:
        process = subprocess.Popen(
            [str(argument) for argument in arguments],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise SetupFault(f"{what}: cannot start {arguments[0]}: {error.strerror}") from error
    with process:
        try:
            for line in process.stdout or ():
                tail.append(line.rstrip())
                shown = describe(line.strip())
                if shown:
                    progress.detail(f"{shown} ({time.monotonic() - started:.0f} s)")
        except BaseException:
            process.terminate()
            raise
    progress.done()
    if process.returncode != 0:
        said = "\n".join(f"    {line}" for line in tail)
        raise SetupFault(
            f"{what}: {Path(arguments[0]).name} ended with exit code {process.returncode}; it said:\n{said}"
        )


def ask(arguments: Sequence[str | Path], *, environ: Mapping[str, str]) -> str:
    """Return what a program prints, standard error included; empty where it does not start or ends with a fault."""
    try:
        answer = subprocess.run(
            [str(argument) for argument in arguments],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
