"""Who held what when the files were last written: whoever came later gives way, whatever its name.

The claims that `chartroom fix` may move are written down with the other generated files. A run with a
collision writes nothing, so the file still says who was there before.
"""

from collections.abc import Iterable

from generator.fleet.model import Claim, Fleet

STANDING_PATH = "docs/reference/claims.tsv"
_MOVABLE = frozenset({"load-balancer", "address", "vm-id", "mac", "valkey-database"})
_COLUMNS = ("kind", "claim", "environment", "held by")

# kind, key, environment and holder of each claim
Standing = frozenset[tuple[str, ...]]
NOBODY: Standing = frozenset()


def standing_text(fleets: Iterable[Fleet]) -> str:
    """Return the claims that may move, a line each."""
    rows = {_row(claim) for fleet in fleets for claim in fleet.claims if claim.kind in _MOVABLE}
    return "".join("\t".join(row) + "\n" for row in (_COLUMNS, *sorted(rows)))


def read_standing(text: str) -> Standing:
    """Return what `standing_text` wrote; a line that it did not write says nothing."""
    return frozenset(tuple(line.split("\t")) for line in text.splitlines()[1:])


def stood(claim: Claim, standing: Standing) -> bool:
    """Whether the claim was there when the files were last written."""
    return _row(claim) in standing


def _row(claim: Claim) -> tuple[str, ...]:
    return claim.kind, claim.key, claim.environment, claim.holder
