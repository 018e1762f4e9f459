"""The command `provision`: arguments in, words and exit codes out."""

from .main import main

__all__ = ["main"]
