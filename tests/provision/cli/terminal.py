"""The command line in a real terminal of 80 columns and 24 lines, with a person who types."""

import os
import re
import selectors
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tests.provision.apply.simulated import RATE
from tests.provision.cli.console import Console
from tests.provision.inventory.inventory_files import ROOT

# A process of its own, since only a process without threads may fork; a fresh terminal tells no size: 80 by 24.
_SPAWN = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
_RUN = "import sys; from provision.cli import main; main()"
CTRL_C = b"\x03"


@dataclass(slots=True)
class Terminal:
    """A terminal in which one command runs."""

    process: subprocess.Popen[bytes]
    shown: str = ""
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def __post_init__(self) -> None:
        self._selector.register(self._output, selectors.EVENT_READ)

    @property
    def _output(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def until(self, pattern: str, timeout_s: float = 60.0) -> str:
        """Read until a text appears; return all that was shown.

        Raises:
            AssertionError: it does not appear in time.
        """
        end = time.monotonic() + timeout_s
        while not re.search(pattern, self.shown):
            assert self._read(end), f"no {pattern!r} in:\n{self.shown}"
        return self.shown

    def type(self, text: bytes) -> None:
        """Type something."""
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def end(self, timeout_s: float = 120.0) -> tuple[int, str]:
        """Read until the command ends; return its code and all that was shown."""
        end = time.monotonic() + timeout_s
        while self._read(end):
            pass
        return self.process.wait(10), self.shown

    def _read(self, end: float) -> bool:
        left = end - time.monotonic()
        if left <= 0 or not self._selector.select(left):
            return False
        text = os.read(self._output, 65536)
        self.shown += text.decode(errors="replace")
        return bool(text)


def opened(shell: Console, environment: str, *arguments: str) -> Terminal:
    """Run a command in a new terminal."""
    options = ["--root", str(shell.root), "--env", environment, "--address-map", str(shell.root / "map.json")]
    options += ["--factory", shell.site.facts["factory"], "--rate", str(RATE)]
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tofu-free-infra")))
    known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = [sys.executable, "-c", _SPAWN, sys.executable, "-c", _RUN, *options, *arguments]
    return Terminal(
        subprocess.Popen(
            command,
            env={**known, "PYTHONPATH": paths, "TERM": "xterm-256color"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    )


def plain(shown: str) -> list[str]:
    """Return what was shown without colours, as lines."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown).replace("\r\n", "\n").splitlines()
