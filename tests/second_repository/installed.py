"""The built wheel, installed alone into a fresh environment, without a network and without this checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What this checkout's own editable installation left among the packages.
_OURS = ("chartroom", "_chartroom", "generator", "provision", "editables", "__editable__")


@dataclass(frozen=True, slots=True)
class Done:
    """What one command came to."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Installed:
    """A Python environment that has Chartroom from its wheel, and a repository to work in."""

    python: Path
    root: Path

    def run(self, *arguments: str) -> Done:
        """Run a module or `-c` of the environment in the repository."""
        done = subprocess.run(
            [str(self.python), *arguments],
            cwd=self.root,
            env=self._environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout + done.stderr)

    def chartroom(self, *arguments: str) -> Done:
        """Run the installed command."""
        done = subprocess.run(
            [str(self.python.parent / "chartroom"), *arguments],
            cwd=self.root,
            env=self._environ(),
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout + done.stderr)

    def pytest(self, *arguments: str) -> Done:
        return self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", *arguments)

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands in a file exactly once."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def _environ(self) -> dict[str, str]:
        tools = ROOT / ".tools" / "bin"
        path = f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {"PATH": path, "HOME": str(self.root.parent), "LC_ALL": "C.UTF-8", "COLUMNS": "80"}


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Installed:
    """Make an environment with the wheel and, by links, the packages that it depends on; nothing of this checkout."""
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    packages = folder / "dependencies"
    packages.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith(_OURS) and path.suffix != ".pth":
            (packages / path.name).symlink_to(path)
    (site,) = (environment / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(f"{packages}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    offline = ["--no-index", "--no-deps", "--disable-pip-version-check", str(wheel)]
    subprocess.run([*command, *offline], check=True, capture_output=True)
    root = folder / "house"
    root.mkdir()
    return Installed(python, root)


def start_repository(installed: Installed) -> None:
    """Write the values of the second repository; everything else comes from commands."""
    program = (
        "from generator.testing.minimal import minimal_files\nfrom pathlib import Path\n"
        "for path, text in minimal_files().items():\n"
        "    Path(path).parent.mkdir(parents=True, exist_ok=True)\n    Path(path).write_text(text)\n"
    )
    done = installed.run("-c", program)
    assert done.code == 0, done.said
    shutil.rmtree(installed.root / "tests", ignore_errors=True)
