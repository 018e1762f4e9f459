"""Say what set-up is doing: in place on a terminal, now and then elsewhere."""

import time
from typing import TextIO

QUIET_S = 15.0
REDRAW_S = 0.1
WIDTH = 100


class Progress:
    """Write steps and their details to one stream."""

    def __init__(self, stream: TextIO, quiet_s: float | None = None) -> None:
        self._stream = stream
        self._in_place = stream.isatty()
        default = REDRAW_S if self._in_place else QUIET_S
        self._quiet_s = default if quiet_s is None else quiet_s
        self._step = ""
        self._last = 0.0
        self._drawn = False

    def step(self, text: str) -> None:
        """Announce a step; always written."""
        self._erase()
        self._step = text
        self._last = time.monotonic()
        self._stream.write(f"set-up: {text}\n")
        self._stream.flush()

    def detail(self, text: str) -> None:
        """Show how far the step is; skipped while the last one is still fresh."""
        now = time.monotonic()
        if now - self._last < self._quiet_s:
            return
        self._last = now
        if self._in_place:
            self._stream.write(f"\r\x1b[K  {text}"[:WIDTH])
            self._drawn = True
        else:
            self._stream.write(f"set-up: {self._step}: {text}\n")
        self._stream.flush()

    def done(self) -> None:
        """Leave no half-drawn line behind."""
        self._erase()
        self._stream.flush()

    def _erase(self) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._drawn = False
