"""Objects of ours with one thing broken, and what a real API server said of each."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
HERE = Path(__file__).parent
VERDICTS = HERE / "verdicts.json"


@dataclass(frozen=True, slots=True)
class Mutant:
    """An object, named after what is broken in it unless its name is what is broken."""

    name: str
    origin: str
    object: Json


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the API server did with a mutant, and the first line that it said."""

    accepted: bool
    said: str


def origins() -> dict[str, Json]:
    """The whole objects, by Kind/name."""
    with (HERE / "objects.yaml").open(encoding="utf-8") as file:
        return {f"{made['kind']}/{made['metadata']['name']}": made for made in yaml.safe_load_all(file)}


def mutants() -> Iterator[Mutant]:
    """All of them, in the order of the file."""
    whole = origins()
    for entry in yaml.safe_load((HERE / "mutants.yaml").read_text(encoding="utf-8")):
        origin = next(name for name in whole if name == entry["of"] or name.startswith(f"{entry['of']}/"))
        broken = deepcopy(whole[origin])
        for pointer, value in entry.get("set", {}).items():
            _set(broken, pointer, value)
        for pointer in entry.get("drop", ()):
            holder, last = _reach(broken, pointer)
            del holder[last]
        if broken["metadata"]["name"] == whole[origin]["metadata"]["name"]:
            # An object of its own: two of one name would be judged as one, and an update may not change all.
            broken["metadata"]["name"] = entry["name"]
        yield Mutant(entry["name"], origin, broken)


def verdicts() -> Mapping[str, Verdict]:
    """What was recorded, by the mutant's name."""
    recorded = json.loads(VERDICTS.read_text(encoding="utf-8"))["verdicts"]
    return {name: Verdict(**verdict) for name, verdict in recorded.items()}


def _set(broken: Json, pointer: str, value: Any) -> None:
    holder, last = _reach(broken, pointer)
    if last == "-":
        holder.append(value)
    else:
        holder[last] = value


def _reach(broken: Json, pointer: str) -> tuple[Any, Any]:
    """Follow a JSON pointer up to the holder of its last step."""
    holder: Any = broken
    *path, last = (step.replace("~1", "/") for step in pointer[1:].split("/"))
    for step in path:
        holder = holder[int(step) if isinstance(holder, list) else step]
    return holder, int(last) if isinstance(holder, list) and last != "-" else last
