"""A configuration taken apart for judgement, and what a rule finds in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from generator.finding import Severity
from provision.machineconfig.model import Contract, Document, Role


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration taken apart: the v1alpha1 document and the rest."""

    contract: Contract
    main: Document
    others: tuple[Document, ...]
    metal: bool

    @property
    def is_worker(self) -> bool:
        return bool(self.get("machine.type") == Role.WORKER.value)

    def get(self, path: str) -> Any:
        """Return what stands at a dotted path of the v1alpha1 document, or None."""
        value: Any = self.main
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def of_kind(self, kind: str) -> Iterator[Document]:
        """Yield the documents of a kind."""
        return (document for document in self.others if document.get("kind") == kind)

    def setting(self, path: str, kind: str, field: str) -> Any:
        """Return a setting from its old home or its new one."""
        old = self.get(path)
        return old if old is not None else next((d[field] for d in self.of_kind(kind) if field in d), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule found: the message without its subject, and what to do."""

    message: str
    fix: str
    severity: Severity = Severity.ERROR


Rule = Callable[[Config], Iterator[Fault]]
