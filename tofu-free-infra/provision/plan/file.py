"""A plan that a person approved: what it was made from, by hash, and what it does."""

import json
from dataclasses import dataclass
from typing import Any

from .fingerprint import of_inventory, of_seen
from .seen import Seen
from .show import as_json
from .step import Plan
from .wanted import Wanted

FORMAT = 1


class PlanFileError(Exception):
    """The file is no plan, or not of what is there now."""


@dataclass(frozen=True, slots=True)
class PlanFile:
    """An approved plan: hashes, and the ids of its steps."""

    environment: str
    title: str
    inventory: str
    observed: str
    steps: tuple[str, ...]


def write(plan: Plan, wanted: Wanted, seen: Seen) -> str:
    """Return the text of a plan file."""
    content = {
        "format": FORMAT,
        "inventory": of_inventory(wanted.inventory),
        "observed": of_seen(seen),
        **as_json(plan),
    }
    return json.dumps(content, indent=1) + "\n"


def read(text: str) -> PlanFile:
    """Read a plan file.

    Raises:
        PlanFileError: it is none.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        if content["format"] != FORMAT:
            raise PlanFileError(f"the plan file has format {content['format']}, this program reads {FORMAT}")
        steps = tuple(str(step["id"]) for step in content["steps"])
        return PlanFile(content["environment"], content["title"], content["inventory"], content["observed"], steps)
    except (ValueError, KeyError, TypeError) as error:
        raise PlanFileError("this is no plan file: make one with `provision plan --out FILE`") from error


def check(approved: PlanFile, plan: Plan, wanted: Wanted, seen: Seen, *, begun: bool = False) -> None:
    """Refuse to carry out a plan that is not the approved one.

    `begun` says that this machine's journal holds an apply of this very file that broke off: then what is left must
    be part of what was approved.

    Raises:
        PlanFileError: inventory or state have changed since.
    """
    if approved.environment != plan.environment:
        raise PlanFileError(f"the plan file is for {approved.environment!r}, not for {plan.environment!r}")
    if approved.inventory != of_inventory(wanted.inventory):
        raise PlanFileError("the inventory has changed since the plan was made: plan again")
    more = sorted({step.id for step in plan.steps} - set(approved.steps))
    if begun:
        if more:
            raise PlanFileError(f"what is left holds steps that nobody approved: {', '.join(more)}: plan again")
        return
    if approved.observed != of_seen(seen):
        raise PlanFileError("what is there has changed since the plan was made: plan again")
