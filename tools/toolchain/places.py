"""Where set-up reads and writes."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The clone, and the cache that all clones of one user share."""

    clone: Path
    cache: Path

    @property
    def venv(self) -> Path:
        """The virtual environment of this clone."""
        return self.clone / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def bin(self) -> Path:
        """Links to the command-line tools."""
        return self.clone / ".tools" / "bin"

    def lockfile(self, name: str) -> Path:
        """Name one of the hash locks."""
        return self.clone / "requirements" / f"{name}.txt"


def find_places(environ: Mapping[str, str]) -> Places:
    """Find this clone, and the cache by the rules of the platform."""
    clone = Path(__file__).resolve().parents[2]
    home = Path(environ.get("HOME") or Path.home())
    platform_default = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
    configured = environ.get("XDG_CACHE_HOME", "")
    # The XDG rules say that a relative path counts as unset.
    base = Path(configured) if os.path.isabs(configured) else platform_default  # noqa: PTH117
    return Places(clone=clone, cache=base / "chartroom")
