"""Say no as the real server would."""

from dataclasses import dataclass, field

from . import tables


@dataclass
class RefusalError(Exception):
    """An answer that is not a success; the text becomes the HTTP reason phrase."""

    status: int
    text: str
    errors: dict[str, str] = field(default_factory=dict)


def refuse(message: str, /, **values: object) -> RefusalError:
    """Return the refusal `message` of the table, filled in."""
    row = tables.messages()[message]
    return RefusalError(row.status, row.text.format(**values))


def refuse_parameters(errors: dict[str, str]) -> RefusalError:
    """Return a 400 that names the faulty parameters."""
    row = tables.messages()["parameters"]
    return RefusalError(row.status, row.text, errors)
