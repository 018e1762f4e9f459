"""Where the time of a cold run goes: the same steps in one process, one after the other, by processor time."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Stage(NamedTuple):
    name: str
    seconds: float


def stages(fleet: Path, target: Path, runs: int = 3) -> list[Stage]:
    """The least of each step over several runs, each in a process of its own."""
    least: dict[str, float] = {}
    for number in range(runs):
        command = (sys.executable, "-m", "bench.stages", str(fleet), f"{target}-{number}")
        printed = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True)
        for name, seconds in json.loads(printed.stdout):
            least[name] = min(seconds, least.get(name, seconds))
    return [Stage(*item) for item in least.items()]


def _measure(fleet: Path, target: Path) -> Iterator[Stage]:
    import gc
    import time

    gc.disable()  # as the command does
    before = 0.0

    def lap(name: str) -> Stage:
        nonlocal before
        now = time.process_time()
        stage, before = Stage(name, now - before), now
        return stage

    from generator.pipeline.generate import Charts, pages
    from generator.pipeline.state import SCOPE
    from generator.pipeline.workspace import open_workspace
    from generator.tree import Tree, hold, write

    yield lap("start Python, import")
    workspace = open_workspace(fleet)
    yield lap("read values/")
    workspace.require_usable()
    yield lap("resolve the environments, check")
    charts = Charts(workspace)
    share = charts.share(sum(charts.halves, ()))
    yield lap("charts and their Applications")
    files = share.files | pages(workspace)
    yield lap("reference pages")
    target.mkdir(parents=True)
    with hold(target) as held:
        write(held, Tree(SCOPE, files))
    yield lap("compare and write")


if __name__ == "__main__":
    print(json.dumps(list(_measure(Path(sys.argv[1]), Path(sys.argv[2])))))
