"""A cluster that only writes down what it is told: kubectl and helm as small programs on PATH."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """\
#!{python}
import json, sys
from pathlib import Path

arguments = sys.argv[1:]
told = sys.stdin.read() if "-" in arguments else ""
with Path({log!r}).open("a", encoding="utf-8") as log:
    log.write(json.dumps([{name!r}, *arguments, told]) + "\\n")
for words, answer, code in json.loads(Path({answers!r}).read_text(encoding="utf-8")):
    if all(word in [{name!r}, *arguments] for word in words):
        sys.stdout.write(answer if code == 0 else "")
        sys.stderr.write("" if code == 0 else answer)
        sys.exit(code)
"""


@dataclass(frozen=True)
class FakeTools:
    """`answer` says what a call that holds all `words` prints, first match first; others print nothing."""

    folder: Path

    def install(self) -> None:
        self.folder.mkdir()
        self._answers.write_text("[]", encoding="utf-8")
        for name in ("kubectl", "helm"):
            program = self.folder / name
            text = _PROGRAM.format(python=sys.executable, name=name, log=str(self._log), answers=str(self._answers))
            program.write_text(text, encoding="utf-8")
            program.chmod(0o755)

    def answer(self, *words: str, text: str, code: int = 0) -> None:
        known = json.loads(self._answers.read_text(encoding="utf-8"))
        self._answers.write_text(json.dumps([*known, [list(words), text, code]]), encoding="utf-8")

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Each command line, and what came by stdin."""
        lines = self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []
        return [(" ".join(call[:-1]), call[-1]) for call in map(json.loads, lines)]

    @property
    def path(self) -> str:
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"

    @property
    def _log(self) -> Path:
        return self.folder / "calls"

    @property
    def _answers(self) -> Path:
        return self.folder / "answers"
