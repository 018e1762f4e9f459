"""Talos nodes to test against: real TLS with Ed25519 on loopback, strict, with faults by switch and a clock to turn.

Written from the facts pages alone; it shares no code with `provision`, and builds its messages from a table of its own,
so that the two check each other.
"""

from .node import Node
from .site import Site

__all__ = ["Node", "Site"]
