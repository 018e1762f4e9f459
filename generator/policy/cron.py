"""How long a cron schedule can stay silent."""

from functools import lru_cache
from itertools import pairwise

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_DAY_S = 86_400
# Day-of-week and day-of-month repeat together after 28 years; 1901 to 2099 has no gap in leap years.
_YEARS = range(2001, 2029)


class CronError(ValueError):
    """The text is no schedule of five fields, or one that never fires."""


@lru_cache(maxsize=256)
def longest_gap_s(schedule: str) -> int:
    """Return the longest time between two runs, in seconds of a clock without summer time.

    Raises:
        CronError: the text is no schedule, or never fires.
    """
    minutes, hours, days, months, weekdays = _fields(schedule)
    at = sorted(hour * 3600 + minute * 60 for hour in hours for minute in minutes)
    within = max((later - earlier for earlier, later in pairwise(at)), default=0)
    fired = _days_that_fire(days, months, weekdays, _either(schedule))
    if not fired:
        raise CronError(f"schedule {schedule!r} never fires")
    first, last = at[0], at[-1]
    apart = max(later - earlier for earlier, later in pairwise([*fired, fired[0] + _cycle_days()]))
    return max(within, (apart * _DAY_S) - last + first)


def _fields(schedule: str) -> tuple[frozenset[int], frozenset[int], frozenset[int], frozenset[int], frozenset[int]]:
    parts = _MACROS.get(schedule.strip(), schedule).split()
    if len(parts) != 5:
        raise CronError(f"schedule {schedule!r} has not five fields")
    minutes = _field(parts[0], 0, 59, schedule)
    hours = _field(parts[1], 0, 23, schedule)
    days = _field(parts[2], 1, 31, schedule)
    months = _field(parts[3], 1, 12, schedule, _MONTHS)
    weekdays = _field(parts[4], 0, 7, schedule, _DAYS)
    return minutes, hours, days, months, frozenset(day % 7 for day in weekdays)


def _either(schedule: str) -> bool:
    """Whether a day fires if its date or its weekday fits: so it is where both are restricted."""
    parts = _MACROS.get(schedule.strip(), schedule).split()
    return not parts[2].startswith(("*", "?")) and not parts[4].startswith(("*", "?"))


def _field(text: str, low: int, high: int, schedule: str, names: tuple[str, ...] = ()) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        if slash and not (step.isascii() and step.isdigit() and int(step)):
            raise CronError(f"schedule {schedule!r} has the step {step!r}")
        if span in ("*", "?"):
            first, last = low, high
        else:
            start, dash, end = span.partition("-")
            first = _number(start, low, high, schedule, names)
            last = _number(end, low, high, schedule, names) if dash else (high if slash else first)
        if first > last:
            raise CronError(f"schedule {schedule!r} counts backwards in {part!r}")
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, low: int, high: int, schedule: str, names: tuple[str, ...]) -> int:
    if text.lower() in names:
        return names.index(text.lower()) + low
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise CronError(f"schedule {schedule!r} has {text!r}, {low} to {high} is expected")
    return int(text)


def _cycle_days() -> int:
    return sum(366 if year % 4 == 0 else 365 for year in _YEARS)


def _days_that_fire(
    days: frozenset[int], months: frozenset[int], weekdays: frozenset[int], either: bool
) -> tuple[int, ...]:
    """Number the days of the cycle on which the schedule fires."""
    fired = []
    number = 0
    for year in _YEARS:
        for month, length in enumerate(_lengths(year), start=1):
            for day in range(1, length + 1):
                # 1 January 2001 was a Monday.
                fits = day in days, (number + 1) % 7 in weekdays
                if month in months and (any(fits) if either else all(fits)):
                    fired.append(number)
                number += 1
    return tuple(fired)


def _lengths(year: int) -> tuple[int, ...]:
    return (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
