"""The path of `write` with the writer left out: what would a run change, and is anything touched at all?"""

from hashlib import sha256
from pathlib import Path

from generator.finding import Finding, sort_findings
from generator.tree.disk import list_scope, read_content
from generator.tree.drift import compare, wanted_ledger
from generator.tree.judge import judge
from generator.tree.ledger import parse_ledger, read_ledger_text
from generator.tree.lock import hold_to_read
from generator.tree.model import Scope, Tree


def check(root: Path, tree: Tree, *, wait_s: float = 30.0) -> tuple[Finding, ...]:
    """Return what a run would change or leave alone with a word; nothing is written, not even a lock.

    Raises:
        TreeError: something cannot be read, or a run writes and does not end.
    """
    with hold_to_read(root, wait_s=wait_s):
        text = read_ledger_text(root)
        ledger = parse_ledger(text)
        drift = compare(root, tree, ledger)
        return sort_findings(judge(root, tree, drift, text, wanted_ledger(tree, drift, ledger).text()))


def seal(root: Path, scope: Scope) -> str | None:
    """Return the digest of the ledger if all that stands in the scope is exactly what it lists, else None.

    Whoever keeps it beside the fingerprint of the inputs knows, when both come out the same again, that there is
    nothing to do, without generating anything.
    Raises:
        TreeError: something cannot be read.
    """
    text = read_ledger_text(root)
    ledger = parse_ledger(text)
    listing = list_scope(root, scope)
    if listing.leftovers or not listing.files.issubset(ledger.digests):
        return None
    for path, digests in ledger.digests.items():
        content = read_content(root, path)
        if content is None or len(digests) > 1 or not ledger.owns(path, content):
            return None
    return _digest(text)


def seal_after(root: Path) -> str:
    """Return what `seal` returns right after a run that left no finding: everything stands as the ledger says.

    Should somebody have touched a file meanwhile, the next `seal` comes out otherwise, and it is noticed then.
    """
    return _digest(read_ledger_text(root))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
