"""The `helm` command, which the engine is compared with, and which renders where there is no engine."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.helm.engine import NAMESPACE, RELEASE
from generator.helm.error import HelmError
from generator.helm.pairs import Pairs, pairs_of_stream
from generator.helm.texts import ChartTexts


class HelmCommand:
    """Renders with a helm binary, major 3 or 4."""

    def __init__(self, executable: Path) -> None:
        self.executable = executable

    def render(self, chart: ChartTexts, values: str) -> Pairs:
        """Render with the text of one values file over the chart's own.

        Raises:
            HelmError: helm cannot be run, or refuses.
        """
        with tempfile.TemporaryDirectory(prefix="chartroom-") as scratch:
            folder = Path(scratch) / chart.name
            for path, text in chart.texts.items():
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            given = Path(scratch) / "values.yaml"
            given.write_text(values, encoding="utf-8")
            return self.render_folder(folder, given)

    def render_complete(self, chart: ChartTexts, values: Mapping[str, Any]) -> Pairs:
        """Render with finished values instead of the chart's own.

        Raises:
            HelmError: helm cannot be run, or refuses.
        """
        bare = {path: text for path, text in chart.texts.items() if path not in ("values.yaml", "values.schema.json")}
        return self.render(ChartTexts(chart.name, bare), json.dumps(values))

    def render_folder(self, folder: Path, values: Path) -> Pairs:
        """Render a chart where it lies.

        Raises:
            HelmError: helm cannot be run, or refuses.
        """
        command = ["template", RELEASE, str(folder), "--namespace", NAMESPACE, "--values", str(values)]
        return pairs_of_stream(self.run(command))

    def run(self, arguments: list[str]) -> str:
        """Run helm and return what it prints.

        Raises:
            HelmError: helm cannot be run, or refuses.
        """
        import asyncio  # 20 ms that whoever only writes charts does not pay

        from pyhelm3 import Command
        from pyhelm3.errors import Error

        try:
            printed: bytes = asyncio.run(Command(executable=str(self.executable)).run(arguments))
        except Error as error:
            said = error.stderr.decode(errors="replace").strip()
            raise HelmError(f"helm {arguments[0]} failed: {said}") from error
        return printed.decode()
