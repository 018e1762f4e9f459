"""Helm 4 inside this process: no binary, no cluster, no network."""

import os
from collections.abc import Mapping
from typing import Any

from generator.helm.error import HelmError
from generator.helm.pairs import Pairs, pairs_of_files
from generator.helm.texts import ChartTexts

RELEASE = "chartroom"
# Never read by a template of ours; given so that no kubeconfig is.
NAMESPACE = "default"


# The process that loaded the library. Its threads are nowhere else: a copy of the process that enters it dies.
_home: int | None = None


class Engine:
    """Renders with the embedded engine. The chart is loaded anew each time: rendering may change a loaded one."""

    def __init__(self) -> None:
        """Load the engine.

        Raises:
            ImportError: there is no wheel for this machine.
            OSError: its library does not load.
            HelmError: this process is a copy of one that has loaded it.
        """
        global _home
        _require_home()
        import helm_python

        _home = os.getpid()
        self._helm = helm_python

    def render(self, chart: ChartTexts, values: str) -> Pairs:
        """Render with the text of one values file over the chart's own, as `helm template -f` does.

        Raises:
            HelmError: the chart does not load, or the values do not fit it.
        """
        _require_home()
        try:
            return pairs_of_files(self._render(chart.archive, self._helm.values_from_yaml(values)))
        except self._helm.HelmError as error:
            raise HelmError(f"charts/{chart.name}: {error}") from error

    def render_complete(self, chart: ChartTexts, values: Mapping[str, Any]) -> Pairs:
        """Render with finished values instead of the chart's own, unchecked: a third of the time.

        Raises:
            HelmError: the chart does not load, or a template fails.
        """
        return pairs_of_files(self.render_files(chart, values))

    def render_files(self, chart: ChartTexts, values: Mapping[str, Any]) -> Mapping[str, str]:
        """Render with finished values and return what each template printed, as it printed it.

        Raises:
            HelmError: the chart does not load, or a template fails.
        """
        try:
            return self._render(chart.bare_archive, dict(values))
        except self._helm.HelmError as error:
            raise HelmError(f"charts/{chart.name}: {error}") from error

    def _render(self, archive: bytes, values: dict[str, Any]) -> Mapping[str, str]:
        _require_home()
        with self._helm.Chart.load_archive(archive) as chart:
            printed: Mapping[str, str] = chart.render(values, name=RELEASE, namespace=NAMESPACE)
        return printed


def _require_home() -> None:
    if _home not in (None, os.getpid()):
        raise HelmError(f"the Helm engine runs in process {_home}, and this is a copy of it, which cannot enter it")
