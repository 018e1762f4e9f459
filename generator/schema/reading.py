"""Read one YAML document as Kubernetes does, from libyaml's events, with what is doubtful in it.

`read_document` is the reference: whatever `lines` cannot vouch for comes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.schema.document import Document, Unreadable
from generator.schema.fault import Fault

if TYPE_CHECKING:
    import yaml
    from yaml.events import Event

__all__ = ["Unreadable", "read_document"]


def read_document(text: str, first_line: int = 1) -> tuple[Any, list[Fault]]:
    """Return the value of a document and the faults found while reading it.

    Raises:
        Unreadable: Kubernetes would refuse the text.
    """
    import yaml

    document = Document(first_line)
    try:
        loader = yaml.CSafeLoader(text)
    except UnicodeEncodeError as error:
        raise _bad_character(text, text[error.start], first_line) from error
    try:
        while loader.check_event():
            event: Any = loader.get_event()
            kind = event.__class__
            if kind is yaml.ScalarEvent:
                document.scalar(event)
            elif kind is yaml.MappingStartEvent:
                document.start(event, {})
            elif kind is yaml.SequenceStartEvent:
                document.start(event, [])
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                document.end(event)
            elif kind is yaml.AliasEvent:
                document.alias(event)
            elif kind is yaml.DocumentEndEvent:
                _expect_the_end(loader, document, event)
    except yaml.reader.ReaderError as error:
        raise _bad_character(text, chr(error.character), first_line) from error
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise Unreadable(f"this is no YAML: {error.problem}", "correct the text", line) from error
    finally:
        loader.dispose()
    return document.root, document.faults


def _expect_the_end(loader: yaml.CSafeLoader, document: Document, event: Event) -> None:
    """Refuse what Kubernetes' reader would lose in silence: it stops after one document."""
    import yaml

    lost = document.refuse(event, "more text follows the end of the document and would be lost", "separate it by '---'")
    try:
        if not loader.check_event(yaml.StreamEndEvent):
            raise lost
    except yaml.YAMLError as error:
        raise lost from error


def _bad_character(text: str, character: str, first_line: int) -> Unreadable:
    line = first_line + text[: text.index(character)].count("\n")
    return Unreadable(f"the character {character!r} may not stand in YAML", "remove it or escape it", line)
