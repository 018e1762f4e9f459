"""What was wrong before the gate came: counted, not failed. Format `chartroom-baseline/1`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from generator.finding import ChartroomError
from generator.report.escape import visible
from generator.report.model import Listed

FORMAT = "chartroom-baseline/1"


class BaselineUnusable(ChartroomError):
    """The baseline file cannot be used: a usage error, exit code 2."""


def format_baseline(listed: Iterable[Listed]) -> str:
    """Return the baseline that holds every finding which is not waived, one a line, sorted."""
    entries = sorted(
        (
            {
                "fingerprint": item.fingerprint,
                "rule": visible(item.finding.rule),
                "path": visible(item.finding.place.path),
                "objects": sorted(map(visible, item.finding.objects)),
            }
            for item in listed
            if item.state != "waived"
        ),
        key=lambda entry: (entry["path"], entry["rule"], entry["fingerprint"]),
    )
    rows = ",\n".join(f"    {orjson.dumps(entry).decode()}" for entry in entries)
    body = f"[\n{rows}\n  ]" if rows else "[]"
    return f'{{\n  "format": "{FORMAT}",\n  "findings": {body}\n}}\n'


def read_baseline(path: Path) -> frozenset[str]:
    """Return the fingerprints of a baseline.

    Raises:
        BaselineUnusable: the file is missing, or is not what `--write-baseline` writes.
    """
    again = "write it again with --write-baseline"
    try:
        data: Any = orjson.loads(path.read_bytes())
    except OSError as error:
        raise BaselineUnusable(f"{path}: the baseline cannot be read ({error.strerror}); {again}") from error
    except orjson.JSONDecodeError as error:
        raise BaselineUnusable(f"{path}:{error.lineno}:{error.colno}: the baseline is not JSON; {again}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        found = data.get("format") if isinstance(data, dict) else None
        raise BaselineUnusable(f"{path}: the baseline has the format {found!r}, {FORMAT!r} is expected; {again}")
    entries = data.get("findings")
    if not isinstance(entries, list):
        raise BaselineUnusable(f"{path}: the baseline has no list of findings; {again}")
    prints = set()
    for number, entry in enumerate(entries, start=1):
        fingerprint = entry.get("fingerprint") if isinstance(entry, dict) else None
        if not isinstance(fingerprint, str) or not fingerprint:
            raise BaselineUnusable(f"{path}: entry {number} of the baseline has no fingerprint; {again}")
        prints.add(fingerprint)
    return frozenset(prints)
