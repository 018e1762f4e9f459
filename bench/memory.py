"""What a command and all that it starts hold at once: shared pages count once (Linux: PSS)."""

import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

_EACH_S = 0.1


def peak_mib(
    command: Sequence[str], folder: Path, environment: dict[str, str], accepted: Sequence[int] = (0, 1)
) -> int:
    """Return the most memory that a command and its children held together, in MiB.

    Raises:
        SystemExit: it ended with another exit code, so this is no figure.
    """
    peak_kib, ended = 0, threading.Event()
    with subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not ended.wait(_EACH_S):
            peak_kib = max(peak_kib, sum(map(_proportional_kib, _family(process.pid))))
            if process.poll() is not None:
                ended.set()
    if process.returncode not in accepted:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return peak_kib // 1024


def _family(process: int) -> Iterator[int]:
    yield process
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))
    except OSError:
        return


def _proportional_kib(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
