"""Load the tables of calls, parameters, privileges, messages, tasks and faults."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "rows"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one parameter accepts."""

    type: str
    required: bool = False
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    format: str | None = None
    min: float | None = None
    max: float | None = None
    max_length: int | None = None
    requires: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a VM, or a numbered family of them."""

    parameter: Parameter
    right: str
    also: tuple[str, str] | None
    fast: bool
    drive: bool


@dataclass(frozen=True, slots=True)
class Method:
    """One call of the API."""

    verb: str
    path: str
    does: str
    rights: Any
    parameters: dict[str, Parameter]
    task: str | None
    token: bool


@dataclass(frozen=True, slots=True)
class Format:
    """The sub-keys of a property string."""

    lead: str | None
    keys: dict[str, Parameter]


@dataclass(frozen=True, slots=True)
class Message:
    """How a refusal reads."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A switch: where it acts and what it answers."""

    where: str
    message: str | None
    match: str


def rows(name: str) -> Any:
    """Return the table `name` as it stands in its file."""
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _parameter(row: dict[str, Any]) -> Parameter:
    known = {key: value for key, value in row.items() if key in Parameter.__dataclass_fields__}
    if "enum" in known:
        known["enum"] = tuple(str(value) for value in known["enum"])
    return Parameter(**known)


@cache
def vm_options() -> dict[str, Option]:
    """Return every option of a VM by its full name (`scsi0` to `scsi30`)."""
    options: dict[str, Option] = {}
    for row in rows("vm_options"):
        also = tuple(row["also"]) if "also" in row else None
        option = Option(_parameter(row), row["right"], also, row.get("fast", False), row.get("drive", False))
        names = [f"{row['option']}{n}" for n in range(row["indexed"] + 1)] if "indexed" in row else [row["option"]]
        options.update(dict.fromkeys(names, option))
    return options


def _parameters(row: dict[str, Any], sets: dict[str, Any]) -> dict[str, Parameter]:
    own = dict(row.get("parameters", {}))
    shared = sets[own.pop("$use")] if "$use" in own else {}
    found = {name: _parameter(value) for name, value in {**shared, **own}.items()}
    if row.get("vm_options"):
        found = {**{name: option.parameter for name, option in vm_options().items()}, **found}
    return found


@cache
def methods() -> tuple[tuple[re.Pattern[str], Method], ...]:
    """Return each call with the pattern of its path."""
    sets = rows("parameter_sets")
    found = []
    for row in rows("methods"):
        verb, path = row["call"].split(" ", 1)
        # A volume and a pool have slashes of their own; nothing follows a volume.
        pattern = re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'.+' if m[1] == 'volume' else '[^/]+'})", path)
        method = Method(
            verb, path, row["does"], row["rights"], _parameters(row, sets), row.get("task"), row.get("token", True)
        )
        found.append((re.compile(pattern), method))
    return tuple(found)


@cache
def formats() -> dict[str, Format]:
    """Return the property-string formats by name."""
    return {
        name: Format(row["lead"], {key: _parameter(value) for key, value in row["keys"].items()})
        for name, row in rows("formats").items()
    }


@cache
def messages() -> dict[str, Message]:
    """Return the refusals by name."""
    return {name: Message(row["status"], row["text"]) for name, row in rows("messages").items()}


@cache
def task_seconds() -> dict[str, float]:
    """Return how long each kind of task runs."""
    return {name: float(row["seconds"]) for name, row in rows("tasks").items()}


@cache
def fault_kinds() -> dict[str, FaultKind]:
    """Return the switches by name."""
    return {
        name: FaultKind(row["where"], row.get("message"), row.get("match", "")) for name, row in rows("faults").items()
    }


@cache
def roles() -> dict[str, frozenset[str]]:
    """Return the built-in roles, made of the privilege classes."""
    built: dict[str, set[str]] = {"Administrator": set(), "NoAccess": set(), "PVEAdmin": set(), "PVEAuditor": set()}
    for category, classes in rows("privileges").items():
        everyday = [*classes["admin"], *classes["user"], *classes["audit"]]
        built["Administrator"].update(classes["root"], everyday)
        built["PVEAdmin"].update(everyday)
        built["PVEAuditor"].update(classes["audit"])
        built[f"PVE{category}Admin"] = set(everyday)
        built[f"PVE{category}User"] = {*classes["user"], *classes["audit"]}
    built["PVEAdmin"].discard("Mapping.Modify")
    return {name: frozenset(privileges) for name, privileges in built.items()}
