"""Write tests/report/golden anew: python -m tests.report.write_golden, then read the difference."""

import tempfile
from pathlib import Path

from generator.report import FORMATS, format_baseline, render, summary
from tests.report.sample import GOLDEN, listed, sample

ENDINGS = {"text": "txt", "github": "txt", "markdown": "md", "junit": "xml"}


def golden(name: str) -> Path:
    """Return the file of a format."""
    return GOLDEN / f"{name}.{ENDINGS.get(name, name)}"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        report = sample(Path(folder))
        for name in FORMATS:
            golden(name).write_text(render(report, name), encoding="utf-8")
        (GOLDEN / "summary.txt").write_text(f"{summary(report)}\n", encoding="utf-8")
        (GOLDEN / "baseline.json").write_text(format_baseline(listed(Path(folder))), encoding="utf-8")
