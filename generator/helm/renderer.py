"""Which Helm renders here."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from generator.helm.command import HelmCommand
from generator.helm.engine import Engine
from generator.helm.error import HelmError
from generator.helm.pairs import Pairs
from generator.helm.texts import ChartTexts


class Renderer(Protocol):
    """Renders a chart in memory: with a values file over its own values, or with complete values."""

    def render(self, chart: ChartTexts, values: str) -> Pairs: ...

    def render_complete(self, chart: ChartTexts, values: Mapping[str, Any]) -> Pairs: ...


def renderer(tools: Path | None = None) -> Renderer:
    """The engine where its wheel is installed, else the helm command of `tools` or of the PATH.

    Raises:
        HelmError: this machine has neither.
    """
    try:
        return Engine()
    except (ImportError, OSError):
        return command(tools)


def command(tools: Path | None = None) -> HelmCommand:
    """The helm command of `tools` or of the PATH.

    Raises:
        HelmError: there is none.
    """
    found = tools / "helm" if tools is not None and (tools / "helm").exists() else shutil.which("helm")
    if found is None:
        raise HelmError("no Helm here: neither a helm-python-sdk wheel for this machine nor a helm command")
    return HelmCommand(Path(found))
