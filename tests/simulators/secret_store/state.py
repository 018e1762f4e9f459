"""What both stores keep, and which faults are on."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TABLES = Path(__file__).parent / "tables"


@cache
def table(name: str) -> dict[str, dict[str, Any]]:
    """Read a table: calls with their parameters, or faults."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))
    return rows


@dataclass(slots=True)
class State:
    """Folders of Infisical (environment, path), items of Vault with their version, who may log in, tokens given out."""

    project: str = "fleet"
    folders: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    items: dict[str, tuple[int, dict[str, str] | None]] = field(default_factory=dict)
    mount: str = "secret"
    identities: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def fault(self, kind: str) -> None:
        """Switch a fault on."""
        if kind not in table("faults"):
            raise ValueError(f"no fault {kind!r}, one of: {', '.join(sorted(table('faults')))}")
        self.faults.add(kind)


def judge(call: str, given: dict[str, Any]) -> list[str]:
    """Return what is wrong with the parameters of a call."""
    row = table("parameters")[call]
    required, known = row["required"], {**row["required"], **row.get("optional", {})}
    wrong = [f"{name} is required" for name in required if name not in given]
    wrong += [f"{name} is not known" for name in given if name not in known]
    return wrong + [f"{n} is no {known[n]}" for n, value in given.items() if n in known and not _fits(value, known[n])]


def _fits(value: object, kind: str) -> bool:
    if kind == "flag":
        return value in ("true", "false")
    return isinstance(value, dict if kind == "object" else str)
