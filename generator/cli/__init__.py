"""The command `chartroom`: arguments, wiring, exit codes. Everything heavy is imported inside commands."""

from generator.cli.main import main

__all__ = ["main"]
