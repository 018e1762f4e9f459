"""Show what goes on: lines for a log, a table that moves for a terminal."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table

from provision.plan.step import Step

EVERY_S = 10.0


@dataclass(slots=True)
class Lines:
    """A line per step, and one now and then for what a step waits for."""

    total: int = 0
    clock: Callable[[], float] = time.monotonic
    _begun: dict[str, float] = field(default_factory=dict)
    _told: dict[str, float] = field(default_factory=dict)
    _count: int = 0

    def begun(self, step: Step) -> None:
        """Remember when."""
        self._begun[step.id] = self._told[step.id] = self.clock()

    def waiting(self, step: Step, what: str, reason: str, waited_s: float) -> None:
        """Say what a step waits for, not more often than every ten seconds."""
        now = self.clock()
        if now - self._told.get(step.id, now) >= EVERY_S:
            self._told[step.id] = now
            click.echo(f"      {step.id}: {reason}, for {waited_s:.0f} s", err=True)

    def noted(self, step: Step, text: str) -> None:
        """Say what a step wants known."""
        click.echo(f"      {step.id}: {text}", err=True)

    def done(self, step: Step) -> None:
        """Say that a step is done, and how long it took."""
        self._count += 1
        took = self.clock() - self._begun[step.id]
        click.echo(f"  {self._count:>3}/{self.total} {step.id} ({took:.1f} s)", err=True)

    def failed(self, step: Step, error: BaseException) -> None:
        """Say that a step failed; why is said at the end."""
        click.echo(f"  failed: {step.id}", err=True)


class Board:
    """A table of what runs now, above it the lines of what is done. Use as a context manager."""

    def __init__(self, total: int, console: Console | None = None) -> None:
        self._total = total
        self._console = console or Console(stderr=True)
        self._running: dict[str, tuple[float, str]] = {}
        self._count = 0
        self._live = Live(console=self._console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, *problem: object) -> None:
        self._live.__exit__(None, None, None)

    def begun(self, step: Step) -> None:
        """Put a step on the board."""
        self._running[step.id] = (time.monotonic(), "")
        self._draw()

    def waiting(self, step: Step, what: str, reason: str, waited_s: float) -> None:
        """Say what a step waits for."""
        if step.id in self._running:
            self._running[step.id] = (self._running[step.id][0], reason)
            self._draw()

    def noted(self, step: Step, text: str) -> None:
        """Say what a step wants known, above the table."""
        self._console.print(f"      {step.id}: {text}", markup=False, highlight=False)

    def done(self, step: Step) -> None:
        """Take a step off the board."""
        self._count += 1
        since, _ = self._running.pop(step.id)
        took = time.monotonic() - since
        self._console.print(f"  [green]✓[/] {self._count:>3}/{self._total} {step.id} [dim]{took:.1f} s[/]")
        self._draw()

    def failed(self, step: Step, error: BaseException) -> None:
        """Say that a step failed; why is said at the end."""
        self._running.pop(step.id, None)
        self._console.print(f"  [red]✗[/] {step.id}")
        self._draw()

    def _draw(self) -> None:
        table = Table.grid(padding=(0, 2))
        for name, (since, reason) in self._running.items():
            table.add_row("  …", name, f"{time.monotonic() - since:.0f} s", reason[:100])
        self._live.update(table, refresh=True)
