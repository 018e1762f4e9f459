"""The generated files on disk: compared before they are written, replaced whole, deleted only if they are ours."""

from generator.tree.check import check, seal
from generator.tree.drift import Drift, compare
from generator.tree.error import TreeError
from generator.tree.fingerprint import fingerprint
from generator.tree.ledger import LEDGER_PATH
from generator.tree.lock import LOCK_PATH, Held, hold
from generator.tree.model import TEMPORARY, Content, Link, Scope, Tree
from generator.tree.write import Report, write

__all__ = [
    "LEDGER_PATH",
    "LOCK_PATH",
    "TEMPORARY",
    "Content",
    "Drift",
    "Held",
    "Link",
    "Report",
    "Scope",
    "Tree",
    "TreeError",
    "check",
    "compare",
    "fingerprint",
    "hold",
    "seal",
    "write",
]
