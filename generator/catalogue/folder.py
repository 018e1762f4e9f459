"""What lies in one folder of `values/`: links, strays and other endings are findings."""

import os
from dataclasses import dataclass
from pathlib import Path

from generator.finding import Finding, Place
from generator.source import symbolic_link


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder below the root; what is wrong with its entries goes to `findings`."""

    root: Path
    path: str
    findings: list[Finding]

    def files(self) -> list[str]:
        """Names of the YAML files, without their ending, in order."""
        return [entry.name.removesuffix(".yaml") for entry in self._entries() if _is_yaml(entry)]

    def folders(self) -> list[str]:
        """Names of the folders, in order."""
        return [entry.name for entry in self._entries() if entry.is_dir(follow_symlinks=False)]

    def note_strays(self, files: tuple[str, ...] | None, folders: tuple[str, ...] | None) -> None:
        """Note YAML files and folders that nothing reads; None means that any name is read."""
        for entry in self._entries():
            place = Place(f"{self.path}/{entry.name}")
            if entry.is_dir(follow_symlinks=False):
                if folders is not None and entry.name not in folders:
                    self._note_stray(place, "folder")
            elif _is_yaml(entry):
                if files is not None and entry.name.removesuffix(".yaml") not in files:
                    self._note_stray(place, "file")
            elif entry.name.endswith(".yaml"):
                self._note(place, "source/unreadable", f"{place.path!r} is no file", "put a file there")

    def _note_stray(self, place: Place, what: str) -> None:
        message = f"{place.path!r} is a {what} that nothing reads"
        self._note(place, "source/stray", message, "services stand at values/<tier>/<domain>/<service>.yaml")

    def _note(self, place: Place, rule: str, message: str, fix: str) -> None:
        self.findings.append(Finding(place, rule, message, fix))

    def _entries(self) -> list[os.DirEntry[str]]:
        """Entries in order of name; a link or a file with another ending is a finding."""
        try:
            with os.scandir(self.root / self.path) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except FileNotFoundError:
            return []
        except OSError as error:
            message = f"{self.path!r} cannot be read: {error.strerror}"
            self._note(Place(self.path), "source/unreadable", message, "make it a readable folder")
            return []
        return [entry for entry in entries if not entry.name.startswith(".") and self._is_kept(entry)]

    def _is_kept(self, entry: os.DirEntry[str]) -> bool:
        place = Place(f"{self.path}/{entry.name}")
        if entry.is_symlink():
            self.findings.append(symbolic_link(place))
            return False
        if entry.name.endswith(".yml"):
            message = f"{place.path!r} is not read, file names end in .yaml"
            self._note(place, "source/file-name", message, f"rename it to {entry.name[:-4]}.yaml")
            return False
        return True


def _is_yaml(entry: os.DirEntry[str]) -> bool:
    return entry.name.endswith(".yaml") and entry.is_file(follow_symlinks=False)
