"""Print a chart in every environment, and say of each text what the schemas say of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.helm import ChartTexts, Engine, Pairs, library_texts, renderer
from generator.pipeline.carried import library_folder
from generator.pipeline.once import is_plain, render_each, render_once
from generator.pipeline.place import TOOLS
from generator.schema import Judge, SchemaError, Validator, Verdict

if TYPE_CHECKING:
    from generator.chart import ChartValues

# What stands in many fleets, by API version; what compiles longest first.
_USUAL = {
    "apps/v1": ("Deployment", "StatefulSet", "DaemonSet"),
    "batch/v1": ("CronJob", "Job"),
    "v1": (
        "Service", "PersistentVolumeClaim", "ServiceAccount", "ConfigMap", "LimitRange", "ResourceQuota", "Namespace",
        "PersistentVolume",
    ),
    "networking.k8s.io/v1": ("NetworkPolicy",),
    "cilium.io/v2": ("CiliumNetworkPolicy",),
    "gateway.networking.k8s.io/v1": ("HTTPRoute", "Gateway", "GatewayClass"),
    "monitoring.coreos.com/v1": ("PrometheusRule", "ServiceMonitor", "Probe", "PodMonitor"),
    "external-secrets.io/v1": ("ExternalSecret", "ClusterSecretStore"),
    "argoproj.io/v1alpha1": ("Application", "AppProject"),
    "postgresql.cnpg.io/v1": ("Cluster", "Database", "ScheduledBackup"),
    "velero.io/v1": ("Schedule", "BackupStorageLocation"),
    "cert-manager.io/v1": ("Certificate", "ClusterIssuer"),
}  # fmt: skip
# It has one of each that is judged by code which is loaded on first use: a list in brackets, an amount.
_EXAMPLE = """
apiVersion: v1
kind: Pod
metadata:
  name: example
spec:
  containers:
    - name: example
      image: example
      args: [--example]
      resources:
        limits:
          memory: 1Gi
        requests:
          memory: 1Gi
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A chart to print: its templates without those of the library, and complete values by environment."""

    chart: str
    templates: Mapping[str, str]
    values: ChartValues

    @property
    def environments(self) -> tuple[str, ...]:
        return tuple(self.values)


@dataclass(frozen=True, slots=True)
class Finished:
    """Texts that are finished: the environment and the file of each, and what it says."""

    texts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """A text of an environment by the file that prints it, and what the schemas say of it."""

    environment: str
    path: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sheet came to, in the order of its environments, and the seconds that its two steps took."""

    printed: tuple[Printed, ...]
    render_s: float = 0.0
    schema_s: float = 0.0


class Printer:
    """Renders charts of one repository, and judges what they print."""

    def __init__(self, root: Path) -> None:
        """Load a Helm.

        Raises:
            HelmError: there is none.
        """
        self._engine = renderer(root / TOOLS)
        self._root = root
        self._library: dict[str, str] = {}
        self._once = False
        self._validators: dict[str, Validator] = {}
        self._versions: Mapping[str, str] = {}

    def begin(self, versions: Mapping[str, str]) -> None:
        """Take the Kubernetes version of each environment, and read the library as it is now."""
        self._versions = versions
        self._library = library_texts(library_folder(self._root))
        # Where the library prints an object from nothing but what is its own, what environments share is printed once.
        self._once = isinstance(self._engine, Engine) and is_plain(self._library)

    def warm(self, version: str, until: Callable[[], bool]) -> None:
        """Compile what most fleets are judged by, until there is something to do; a wrong guess costs only time."""
        try:
            validator = self._validator(version)
            Judge(validator).verdict(_EXAMPLE)
            for api_version, kind in ((group, kind) for group, kinds in _USUAL.items() for kind in kinds):
                if until():
                    return
                validator.prepare(api_version, kind)
        except SchemaError:
            return  # said where it is needed

    def print(self, job: Sheet | Finished) -> Outcome:
        """Render and judge.

        Raises:
            HelmError, SchemaError: it cannot be rendered, or judged.
        """
        return self.judge(*self.render(job))

    def render(self, job: Sheet | Finished) -> tuple[Finished, float]:
        """Return the texts of a job, and the seconds that they took.

        Raises:
            HelmError: the chart does not load, or a template fails.
        """
        if isinstance(job, Finished):
            return job, 0.0
        began = time.monotonic()
        packed = ChartTexts(job.chart, {**self._library, **job.templates})
        texts = tuple(
            (environment, f"charts/{pair.source}", pair.document)
            for environment, pairs in self._rendered(packed, job.values).items()
            for pair in pairs
        )
        return Finished(texts), time.monotonic() - began

    def _rendered(self, packed: ChartTexts, values: ChartValues) -> Mapping[str, Pairs]:
        if self._once and isinstance(self._engine, Engine):
            return render_once(self._engine, packed, values, tuple(values))
        return render_each(self._engine, packed, values, tuple(values))

    def judge(self, finished: Finished, render_s: float) -> Outcome:
        """Judge texts, each distinct one once.

        Raises:
            SchemaError: the schemas of a version cannot be used.
        """
        began = time.monotonic()
        judges = {version: Judge(self._validator(version)) for version in set(self._versions.values())}
        printed = tuple(
            Printed(environment, path, judges[self._versions[environment]].verdict(text))
            for environment, path, text in finished.texts
        )
        return Outcome(printed, render_s, time.monotonic() - began)

    def _validator(self, version: str) -> Validator:
        if version not in self._validators:
            self._validators[version] = Validator(version)
        return self._validators[version]
