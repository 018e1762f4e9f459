"""A scratch repository to try services, rules and charts in."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from generator.emitter import emit
from generator.finding import Finding, Severity
from generator.helm import ChartTexts, library_texts, renderer
from generator.pipeline.carried import LIBRARY, library_folder
from generator.pipeline.generate import TOOLS
from generator.schema import read_manifests
from generator.testing.minimal import CATEGORY, TIER_AND_DOMAIN, minimal_files
from generator.testing.world import World

Json = dict[str, Any]
Values = str | Mapping[str, Any]
_RENDERED = (".yaml", ".tpl", ".json", ".txt")


class Objects(list[Json]):
    """Rendered objects; `objects["Deployment/app"]` is the one of that kind and name."""

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return super().__getitem__(key)
        for item in self:
            if _name(item) == key:
                return item
        raise KeyError(f"{key} is not among {', '.join(map(_name, self)) or 'nothing'}")

    def names(self) -> list[str]:
        """Return Kind/name of every object, sorted."""
        return sorted(map(_name, self))


class Site:
    """A small site in a folder of its own, with every operator: see `minimal` for what a service may lean on."""

    def __init__(self, root: Path, *, repository: Path | None = None, today: date | None = None) -> None:
        """Write the site below `root`. Rules, waivers and tools are those of `repository` where it is given."""
        self.root = root
        self._today = today or date.today()  # noqa: DTZ011 - a waiver ends with the day of whoever runs it
        for path, text in minimal_files().items():
            self.write(path, text)
        for part in ("policies", ".tools"):
            if repository is not None and (repository / part).is_dir():
                (root / part).symlink_to((repository / part).resolve())

    def write(self, path: str, text: str) -> None:
        """Write a file of the repository."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")

    def add(self, name: str, values: Values) -> None:
        """Write the file of a service, from its text or its content."""
        text = values if isinstance(values, str) else emit(dict(values))
        self.write(f"values/{TIER_AND_DOMAIN}/{name}.yaml", text)

    def world(self) -> World:
        """Return the repository as it is now, read and rendered on first use."""
        return World(self.root, self._today)

    def findings(self) -> tuple[Finding, ...]:
        """Return the errors in the values."""
        return tuple(item for item in self.world().workspace.findings if item.severity is Severity.ERROR)

    def judge(self, *rules: str) -> list[Finding]:
        """Return what rules find: those named, or all."""
        return self.world().judge(*rules)

    def objects(self, service: str | None = None, *, environment: str = "prod") -> Objects:
        """Return what is rendered, of everything or of one service.

        Raises:
            AssertionError: there are errors in the values; its text is what a user would read.
        """
        world = self.world()
        errors = self.findings()
        assert not errors, world.show(errors)
        mine = f"/templates/{service}.yaml"
        found = world.objects[environment]
        return Objects(item for path, item in found if service is None or path.endswith(mine))


def sound_service(**fields: Any) -> Json:
    """Return a service that passes, with these fields laid over it; None takes a field out."""
    base: Json = {
        "summary": "A service",
        "category": CATEGORY,
        "image": "docker.io/example/app:1.0.0",
        "ports": {"http": 8080},
        "probes": "tcp:http",
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
    }
    return {key: value for key, value in (base | fields).items() if value is not None}


def render_chart(folder: Path, values: Values, root: Path) -> Objects:
    """Render any chart of a folder, one of your own too, with the embedded engine."""
    texts = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _RENDERED
    }
    if (folder / LIBRARY).exists():
        texts |= library_texts(library_folder(root))
    text = values if isinstance(values, str) else emit(dict(values))
    pairs = renderer(root / TOOLS).render(ChartTexts(folder.name, texts), text)
    return Objects(item for pair in pairs for item in _read(pair.document))


def _read(document: str) -> Iterator[Json]:
    return (manifest.object for manifest in read_manifests(document).manifests)


def _name(item: Json) -> str:
    return f"{item.get('kind')}/{(item.get('metadata') or {}).get('name')}"
