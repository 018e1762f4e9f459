"""Waivers: what they silence, and when they are a problem themselves."""

from datetime import date
from pathlib import Path

import pytest

from generator.finding import Severity, format_finding
from generator.policy import Hit, Rule, apply, read_waivers

TODAY = date(2026, 11, 21)
GOOD = """\
waivers:
  - rule: pods/privileged
    object: Deployment/media/plex
    reason: a driver
    owner: alex
    created: "2026-11-01"
    until: "2027-03-01"
"""


def rule(name: str = "pods/privileged", severity: Severity = Severity.ERROR) -> Rule:
    return Rule(name, "", "", name, "", severity, "", (), "fix it", "objects")


def hit(environment: str = "prod", object_: str = "Deployment/media/plex", container: str | None = "app") -> Hit:
    return Hit(rule(), "is privileged", environment, (object_,), (), "fix it", container)


def judged(root: Path, text: str, hits: list[Hit], *, narrowed: bool = False) -> tuple[int, int, list[str]]:
    path = root / "policies" / "waivers.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    waivers, faults = read_waivers(root)
    waived = apply(waivers, hits, [rule()], TODAY, narrowed=narrowed)
    said = [format_finding(finding) for finding in (*faults, *waived.problems)]
    return len(waived.hits), len(waived.silenced), said


def test_silences_its_finding_in_every_environment(tmp_path: Path) -> None:
    assert judged(tmp_path, GOOD, [hit("prod"), hit("dev"), hit(object_="Deployment/media/jellyfin")]) == (1, 2, [])


def test_silences_only_what_it_names(tmp_path: Path) -> None:
    text = GOOD + "    environment: prod\n    container: app\n"
    assert judged(tmp_path, text, [hit("prod"), hit("dev"), hit("prod", container="side")]) == (2, 1, [])


def test_a_file_that_is_not_there_waives_nothing(tmp_path: Path) -> None:
    assert read_waivers(tmp_path) == ((), ())


@pytest.mark.parametrize(
    ("change", "hits", "said"),
    [
        (
            ('until: "2027-03-01"', 'until: "2026-11-20"'),
            [hit()],
            "policies/waivers.yaml:2:5: error: the waiver of pods/privileged for Deployment/media/plex ended on"
            " 2026-11-20 [waiver/expired]\n  fix: mend the fault, or argue for a new date",
        ),
        (
            ("alex", "alex"),
            [],
            "policies/waivers.yaml:2:5: error: the waiver of pods/privileged for Deployment/media/plex silences"
            " nothing [waiver/unused]\n  fix: delete it",
        ),
        (
            ('until: "2027-03-01"', 'until: "2027-10-01"'),
            [hit()],
            "policies/waivers.yaml:2:5: error: the waiver of pods/privileged for Deployment/media/plex runs for"
            " 334 days, 183 at most for this rule [waiver/too-long]\n  fix: choose an earlier day",
        ),
        (
            ("pods/privileged", "pods/priviledged"),
            [],
            "policies/waivers.yaml:2:5: error: the waiver of pods/priviledged for Deployment/media/plex names a rule"
            " that does not exist, did you mean 'pods/privileged'? [waiver/unknown-rule]\n"
            "  fix: name a rule of `chartroom policy list`",
        ),
        (
            ("    reason: a driver\n", ""),
            [],
            "policies/waivers.yaml:2:5: error: the waiver of pods/privileged lacks reason [waiver/incomplete]\n"
            "  fix: state them: somebody must answer for it, until a day",
        ),
        (
            ('until: "2027-03-01"', "until: someday"),
            [],
            "policies/waivers.yaml:7:12: error: until is 'someday', a day such as 2027-05-31 is expected"
            " [waiver/incomplete]\n  fix: write year-month-day",
        ),
        (
            ("waivers:", "waver:"),
            [],
            "policies/waivers.yaml:1:1: error: the file holds one list, `waivers` [waiver/unreadable]\n"
            "  fix: write `waivers: []`",
        ),
    ],
)
def test_problems(tmp_path: Path, change: tuple[str, str], hits: list[Hit], said: str) -> None:
    assert judged(tmp_path, GOOD.replace(*change), hits)[2] == [said]


def test_an_expired_waiver_silences_nothing(tmp_path: Path) -> None:
    assert judged(tmp_path, GOOD.replace("2027-03-01", "2026-11-20"), [hit()])[:2] == (1, 0)


def test_the_last_day_still_counts(tmp_path: Path) -> None:
    assert judged(tmp_path, GOOD.replace("2027-03-01", "2026-11-21"), [hit()]) == (0, 1, [])


def test_a_narrowed_run_calls_no_waiver_unused(tmp_path: Path) -> None:
    assert judged(tmp_path, GOOD, [], narrowed=True) == (0, 0, [])
    assert judged(tmp_path, GOOD.replace("pods/privileged", "pods/other"), [], narrowed=True) == (0, 0, [])


def test_an_unknown_key_and_a_bare_text_are_said(tmp_path: Path) -> None:
    said = judged(tmp_path, GOOD + "    env: prod\n  - just a text\n", [hit()])[2]
    assert said == [
        "policies/waivers.yaml:8:5: error: a waiver has no 'env' [waiver/unknown-key]\n  fix: delete the line",
        "policies/waivers.yaml:9:5: error: a waiver is a mapping [waiver/incomplete]\n"
        "  fix: state rule, object, reason, owner, created, until",
    ]
