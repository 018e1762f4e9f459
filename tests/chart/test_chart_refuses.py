"""What the format lets a person write and no chart can say is refused, never dropped."""

from pathlib import Path

import pytest

from generator.chart import ChartError, build
from tests.chart.catalogue import fleets, with_edits

CASES = [
    (
        "apps/media/sonarr.yaml",
        ("expose: {sonarr: lan}", "expose: {sonarr: {gateway: lan, auth: forward}}"),
        "values/apps/media/sonarr.yaml:24:10: host 'sonarr' of 'sonarr' asks for auth 'forward', which neither "
        "HTTPRoute nor Ingress can say; use app or oidc",
    ),
    (
        "apps/media/sonarr.yaml",
        (
            "  logs: {emptyDir: {}, mountPath: /config/logs}",
            "  logs: {size: 1Gi, mountPath: /config/logs, backup: {tier: tier2, before: [/bin/other]}}",
        ),
        "volumes 'config', 'logs' of 'sonarr' have different commands 'before' a backup, and Velero runs one per pod",
    ),
]


@pytest.mark.parametrize(("path", "edit", "message"), CASES)
def test_chart_refuses(tmp_path: Path, path: str, edit: tuple[str, str], message: str) -> None:
    changed = with_edits(tmp_path, {path: edit})
    with pytest.raises(ChartError) as caught:
        build(changed)
    assert str(caught.value) == message


def test_what_the_catalogue_says_is_not_refused() -> None:
    assert len(build(fleets())) > 50
