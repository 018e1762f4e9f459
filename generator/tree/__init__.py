"""The generated files on disk: compared before they are written, replaced whole, deleted only if they are ours."""

from generator.tree.check import check, seal, seal_after
from generator.tree.drift import Drift, compare
from generator.tree.error import TreeError
from generator.tree.fingerprint import digest_of, fingerprint, fingerprint_of, read_contents
from generator.tree.ledger import LEDGER_PATH, Ledger, digest, read_ledger
from generator.tree.lock import LOCK_PATH, Held, hold
from generator.tree.model import TEMPORARY, Content, Link, Scope, Tree
from generator.tree.write import Report, amend, write

__all__ = [
    "LEDGER_PATH",
    "LOCK_PATH",
    "TEMPORARY",
    "Content",
    "Drift",
    "Held",
    "Ledger",
    "Link",
    "Report",
    "Scope",
    "Tree",
    "TreeError",
    "amend",
    "check",
    "compare",
    "digest",
    "digest_of",
    "fingerprint",
    "fingerprint_of",
    "hold",
    "read_contents",
    "read_ledger",
    "seal",
    "seal_after",
    "write",
]
