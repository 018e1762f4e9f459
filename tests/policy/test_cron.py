"""The longest silence of a schedule."""

import pytest

from generator.policy.cron import CronError, longest_gap_s

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("schedule", "gap"),
    [
        ("* * * * *", 60),
        ("0 * * * *", HOUR),
        ("15 */3 * * *", 3 * HOUR),
        ("*/15 * * * *", 900),
        ("0 */5 * * *", 5 * HOUR),
        ("*/7 * * * *", 420),
        ("30 2 * * *", DAY),
        ("0 9-17 * * *", 16 * HOUR),
        ("0 0 * * 1-5", 3 * DAY),
        ("0 0 * * sun", 7 * DAY),
        ("0 0 * * 7", 7 * DAY),
        ("0 0 1 * *", 31 * DAY),
        ("0 0 31 * *", 61 * DAY),
        ("0 0 29 2 *", 1461 * DAY),
        ("0 0 1 jan,jul *", 184 * DAY),
        ("0 6,18 * * *", 12 * HOUR),
        ("0 0 1 * 1", 7 * DAY),
        ("@daily", DAY),
        ("@hourly", HOUR),
        ("@weekly", 7 * DAY),
    ],
)
def test_longest_gap(schedule: str, gap: int) -> None:
    assert longest_gap_s(schedule) == gap


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("0 0 * *", "schedule '0 0 * *' has not five fields"),
        ("60 * * * *", "schedule '60 * * * *' has '60', 0 to 59 is expected"),
        ("0 0 0 * *", "schedule '0 0 0 * *' has '0', 1 to 31 is expected"),
        ("*/0 * * * *", "schedule '*/0 * * * *' has the step '0'"),
        ("5-1 * * * *", "schedule '5-1 * * * *' counts backwards in '5-1'"),
        ("0 0 30 2 *", "schedule '0 0 30 2 *' never fires"),
        ("0 0 * foo *", "schedule '0 0 * foo *' has 'foo', 1 to 12 is expected"),
    ],
)
def test_refuses_what_is_no_schedule(schedule: str, message: str) -> None:
    with pytest.raises(CronError) as raised:
        longest_gap_s(schedule)
    assert str(raised.value) == message
