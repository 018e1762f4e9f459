"""Tell a calendar event of Proxmox, the subset of systemd's that it knows, from what only looks like one.

Shape: `[WEEKDAY] [[YEARS-]MONTHS-DAYS] [HOURS:MINUTES[:SECONDS]]`; a single field is minutes; or one word.
Source: facts provisioning-more.md 1.7. The words are systemd's; which of them Proxmox takes is unverified.
"""

import re

_WORDS = frozenset(
    ("minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "annually")
)
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_WEEKDAY = re.compile(rf"{_DAY}(?:(?:\.\.|,){_DAY})*")
_PART = r"(?:\*|[0-9]+(?:\.\.[0-9]+)?)(?:/[0-9]+)?"
_FIELD = rf"{_PART}(?:,{_PART})*"
_DATE = re.compile(rf"(?:{_FIELD}-)?{_FIELD}-{_FIELD}")
_TIME = re.compile(rf"{_FIELD}(?::{_FIELD}){{0,2}}")
_LIMITS = {1: (59,), 2: (23, 59), 3: (23, 59, 59)}  # a single field is minutes


def is_calendar_event(text: str) -> bool:
    """Return whether Proxmox takes this as a schedule; five fields are cron's."""
    if text in _WORDS:
        return True
    parts = text.lower().split()
    if not parts or len(parts) > 3:
        return False
    for known in (_WEEKDAY, _DATE):
        if parts and known.fullmatch(parts[0]):
            del parts[0]
    return not parts or (len(parts) == 1 and _is_time(parts[0]))


def _is_time(text: str) -> bool:
    if _TIME.fullmatch(text) is None:
        return False
    fields = text.split(":")
    return all(
        int(number) <= limit
        for field, limit in zip(fields, _LIMITS[len(fields)], strict=True)
        for part in field.split(",")
        for number in re.findall("[0-9]+", part.partition("/")[0])
    )
