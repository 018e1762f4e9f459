"""What is wrong with a cron expression, in words."""

import re

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 6))
_NAMES = {
    "month": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "day of week": ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}
_WHOLE = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_PART = re.compile(r"(?:\*|\?|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:/([0-9]+))?\Z")


def cron_fault(text: str) -> str | None:
    """Return what is wrong with `text`, None where Kubernetes reads it.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ and the reader that
    it uses, robfig/cron v3, standard form.
    """
    if text in _WHOLE:
        return None
    if text.startswith(("TZ=", "CRON_TZ=")):
        return "a time zone stands in `timeZone`"
    if text.startswith("@"):
        return f"{text!r} is none of {', '.join(sorted(_WHOLE))}"
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields, 5 are expected"
    for field, (name, least, most) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            fault = _part_fault(part.lower(), name, least, most)
            if fault is not None:
                return fault
    return None


def _part_fault(part: str, name: str, least: int, most: int) -> str | None:
    match = _PART.match(part)
    if match is None:
        return f"{part!r} is no {name}"
    first, last, step = match.groups()
    numbers = [_number(text, name) for text in (first, last) if text is not None]
    if any(number is None or not least <= number <= most for number in numbers):
        return f"{part!r} is no {name} of {least} to {most}"
    if len(numbers) == 2 and (numbers[0] or 0) > (numbers[1] or 0):
        return f"{part!r} ends before it begins"
    return f"{part!r} has a step of 0" if step is not None and int(step) == 0 else None


def _number(text: str, name: str) -> int | None:
    if text.isdecimal():
        return int(text)
    names = _NAMES.get(name, ())
    return names.index(text) + (1 if name == "month" else 0) if text in names else None
