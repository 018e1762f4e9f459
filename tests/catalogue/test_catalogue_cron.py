# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""Cron expressions, as Kubernetes reads them."""

import pytest

from generator.catalogue.cron import cron_fault

ACCEPTED = (
    "0 0 * * *", "*/15 * * * *", "15 */3 * * *", "0 3 1,15 * *", "0 3 * jan-mar mon-fri", "0 3 * * SUN", "59 23 31 12 6",
    "10-50/10 * * * *", "5/15 * * * *", "0 0 ? * ?", "@daily", "@hourly", "0  3 * * *",
)  # fmt: skip
REFUSED = {
    "": "it has 0 fields, 5 are expected",
    "* * * *": "it has 4 fields, 5 are expected",
    "0 0 0 * * *": "it has 6 fields, 5 are expected",
    "60 * * * *": "'60' is no minute of 0 to 59",
    "* 24 * * *": "'24' is no hour of 0 to 23",
    "* * 0 * *": "'0' is no day of month of 1 to 31",
    "* * * 13 *": "'13' is no month of 1 to 12",
    "* * * * 7": "'7' is no day of week of 0 to 6",
    "* * * * monday": "'monday' is no day of week of 0 to 6",
    "* jan * * *": "'jan' is no hour of 0 to 23",
    "50-10 * * * *": "'50-10' ends before it begins",
    "*/0 * * * *": "'*/0' has a step of 0",
    "1,,2 * * * *": "'' is no minute",
    "-5 * * * *": "'-5' is no minute",
    "0 0 L * *": "'l' is no day of month of 1 to 31",
    "@reboot": "'@reboot' is none of @annually, @daily, @hourly, @midnight, @monthly, @weekly, @yearly",
    "TZ=Europe/Berlin 0 3 * * *": "a time zone stands in `timeZone`",
    "CRON_TZ=UTC 0 3 * * *": "a time zone stands in `timeZone`",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_expression_is_accepted(text: str) -> None:
    assert cron_fault(text) is None


@pytest.mark.parametrize("text", REFUSED)
def test_expression_is_refused_with_a_reason(text: str) -> None:
    assert cron_fault(text) == REFUSED[text]
