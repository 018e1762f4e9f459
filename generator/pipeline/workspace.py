"""A repository of values, read and resolved: what every command begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from generator.catalogue import Resolver, Sources, read_sources
from generator.catalogue.gaps import SITE
from generator.catalogue.sources import read_services, service_paths
from generator.finding import Finding, Severity, Unusable, sort_findings
from generator.fleet import Fleet, check_environments, judge, resolve
from generator.fleet.standing import NOBODY, STANDING_PATH, Standing, read_standing
from generator.pipeline.beside import beside
from generator.pipeline.place import require_values

# A second process costs 15 ms to start; it reads two files of five, since what it read has to be brought over.
_WORTH_A_PROCESS = 100
_THEIRS, _OF = 2, 5


@dataclass(frozen=True)
class Workspace:
    """Everything below `root/values`, resolved once for each environment on first use."""

    root: Path
    sources: Sources

    @cached_property
    def fleets(self) -> Mapping[str, Fleet]:
        """The fleets by environment, the site's default one first, then by name."""
        resolver = Resolver(self.sources)
        stated = {name: resolver.resolve(name) for name in self.environments}
        catalogues = {name: catalogue for name, catalogue in stated.items() if catalogue is not None}
        if len(self.sources.services) < _WORTH_A_PROCESS:
            return {name: resolve(catalogue) for name, catalogue in catalogues.items()}
        with beside(lambda: {name: judge(catalogue) for name, catalogue in catalogues.items()}) as judged:
            fleets = {name: resolve(catalogue, is_judged=True) for name, catalogue in catalogues.items()}
            told = judged()
        return {
            name: replace(fleet, findings=sort_findings((*fleet.findings, *told[name])))
            for name, fleet in fleets.items()
        }

    @cached_property
    def environments(self) -> tuple[str, ...]:
        default = self.default_environment
        names = sorted(self.sources.environments)
        return tuple(sorted(names, key=lambda name: (name != default, name)))

    @property
    def knows_its_site(self) -> bool:
        """Whether the site could be read as a whole; what stands in where it could not is for no eyes."""
        return SITE not in self.sources.unread and SITE not in self.sources.gaps

    @property
    def default_environment(self) -> str | None:
        site = self.sources.site
        value = site.get("default_environment") if site is not None else None
        return value if isinstance(value, str) else None

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that reading and resolving found, over all environments."""
        found = list(self.sources.findings)
        for fleet in self.fleets.values():
            found += fleet.findings
        found += check_environments(list(self.fleets.values()), self._standing)
        found += self._missing_default()
        return sort_findings(found)

    @property
    def _standing(self) -> Standing:
        """Who held what when the files were last written; nobody where that cannot be read."""
        try:
            return read_standing((self.root / STANDING_PATH).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return NOBODY

    def _missing_default(self) -> list[Finding]:
        name, site = self.default_environment, self.sources.site
        path = f"values/environments/{name}.yaml"
        if name is None or site is None or name in self.sources.environments or path in self.sources.unread:
            return []
        message = f"default environment {name!r} does not exist"
        place = site.value_place("default_environment")
        return [Finding(place, "fleet/unknown-environment", message, "name one of values/environments/")]

    def require_usable(self) -> None:
        """Raise what keeps anything from being written.

        Raises:
            Unusable: there are errors; it carries all of them.
        """
        errors = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        if errors:
            raise Unusable(errors)


def open_workspace(root: Path) -> Workspace:
    """Read the repository at `root`.

    Raises:
        NoWorkspace: there is no folder `values` in it.
    """
    require_values(root)
    paths = service_paths(root)
    if len(paths) < _WORTH_A_PROCESS:
        return Workspace(root, read_sources(root))
    theirs = [path for index, path in enumerate(paths) if index % _OF < _THEIRS]
    with beside(lambda: read_services(root, theirs)) as others:
        mine = read_services(root, [path for index, path in enumerate(paths) if index % _OF >= _THEIRS])
        return Workspace(root, read_sources(root, mine | others()))
