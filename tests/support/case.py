"""Case files: one small change to the minimal repository, and every finding that it must bring.

    --- change values/site.yaml
    - vlan: 20
    + vlan: 10
    --- workload sonarr
    replicas: 2
    --- write values/apps/media/domain.yaml
    summary: ...
    --- dev
    --- findings
    values/site.yaml:8:3: error: ...

`change` replaces a text that stands in the file once (several lines: repeat the sign), `workload`
appends to a service that passes, `write` replaces a file, `remove` deletes it, `dev` adds the second
environment. What stands before the first mark says what the case is about. Without `findings`, or
with none, the case passes.
"""

from dataclasses import dataclass
from pathlib import Path

from tests.support.workspace import Repository

MARK = "--- "
FINDINGS = "findings"


@dataclass(frozen=True, slots=True)
class Case:
    """Steps in order, each a mark and the text below it; `findings` is what must come of them."""

    path: Path
    steps: tuple[tuple[str, str], ...]
    findings: str

    def apply(self, repository: Repository) -> None:
        """Make the changes of the case."""
        for mark, text in self.steps:
            verb, _, target = mark.partition(" ")
            match verb:
                case "change":
                    repository.change(target, _signed(text, "-"), _signed(text, "+"))
                case "workload":
                    repository.workload(target, text)
                case "write":
                    repository.write(target, text)
                case "remove":
                    (repository.root / target).unlink()
                case "dev":
                    repository.with_dev()
                case _:
                    raise ValueError(f"{self.path}: unknown mark {mark!r}")


def read_case(path: Path) -> Case:
    """Read a case file."""
    steps: list[tuple[str, list[str]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(MARK):
            steps.append((line.removeprefix(MARK), []))
        elif steps:
            steps[-1][1].append(line)
    texts = [(mark, "".join(f"{line}\n" for line in lines)) for mark, lines in steps]
    findings = "".join(text for mark, text in texts if mark == FINDINGS).rstrip("\n")
    return Case(path, tuple(step for step in texts if step[0] != FINDINGS), findings)


def _signed(text: str, sign: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith(sign)]
    return "\n".join(line.removeprefix(sign).removeprefix(" ") for line in lines)
