"""Write plain data as YAML text: deterministic, and read alike by every reader.

Block style, two blanks of indentation, keys in the order given (the caller sorts), list items at
the column of their key as kubectl prints them, `{}` and `[]` for what is empty, a text of several
lines as a literal block, no line ever folded, no anchors, tags or comments besides the header.
"""

from collections.abc import Iterable

from generator.emitter.scalar import EmitError, RefusedError, write_block, write_key, write_number, write_text

_DEEPEST_INDENT = 200
_MOST_STEPS = 8
_LONGEST_STEP = 60
_LISTS = (list, tuple)
_WORDS = {None: "null", True: "true", False: "false"}


def emit(value: object, *, header: str = "") -> str:
    """Write one document. The lines of `header` stand above it as comments.

    Shape: dict (keys are text), list, tuple, str, int, bool, float and None, subclasses too.
    Raises:
        EmitError: a value of another type, or one that not all readers would read alike.
    """
    return emit_all([value], header=header)


def emit_all(values: Iterable[object], *, header: str = "") -> str:
    """Write several documents into one text, `---` between them.

    Raises:
        EmitError: as emit; the path starts with the number of the document where there are several.
    """
    documents = list(values)
    texts = []
    for number, value in enumerate(documents, start=1):
        try:
            texts.append(_document(value))
        except RefusedError as refused:
            raise EmitError(_explain(refused, number if len(documents) > 1 else None)) from None
    return _comment(header) + "---\n".join(texts)


def _document(value: object) -> str:
    lines: list[str] = []
    if isinstance(value, dict) and value:
        _mapping(value, "", "", lines)
    elif isinstance(value, _LISTS) and value:
        _sequence(value, "", "", lines)
    else:
        lines.append(_leaf(value, None) + "\n")
    return "".join(lines)


def _mapping(mapping: dict[object, object], lead: str, indent: str, lines: list[str]) -> None:
    """Append the entries; `lead` stands before the first of them (the dash of a list item).

    Exactly `str` comes first, before its subclasses: this is the hot loop, and most values are plain texts.
    """
    if len(indent) > _DEEPEST_INDENT:
        raise _too_deep()
    deeper = indent + "  "
    key: object = None
    try:
        for key, value in mapping.items():
            head = lead + (write_key(key) if type(key) is str else _key(key))
            lead = indent
            if type(value) is str and "\n" not in value:
                lines.append(f"{head}: {write_text(value)}\n")
            elif value and isinstance(value, dict):
                lines.append(f"{head}:\n")
                _mapping(value, deeper, deeper, lines)
            elif value and isinstance(value, _LISTS):
                lines.append(f"{head}:\n")
                _sequence(value, indent, indent, lines)
            else:
                lines.append(f"{head}: {_leaf(value, deeper)}\n")
    except RefusedError as refused:
        refused.path.append(str(key))
        raise


def _sequence(items: Iterable[object], lead: str, indent: str, lines: list[str]) -> None:
    """Append the items; `lead` stands before the first of them (the dash of an outer list)."""
    if len(indent) > _DEEPEST_INDENT:
        raise _too_deep()
    deeper = indent + "  "
    position = 0
    try:
        for position, item in enumerate(items):  # noqa: B007 - the error names it
            head = lead + "- "
            lead = indent
            if item and isinstance(item, dict):
                _mapping(item, head, deeper, lines)
            elif item and isinstance(item, _LISTS):
                _sequence(item, head, deeper, lines)
            else:
                lines.append(f"{head}{_leaf(item, deeper)}\n")
    except RefusedError as refused:
        refused.path.append(position)
        raise


def _key(key: object) -> str:
    if isinstance(key, str):
        return write_key(str.__str__(key))
    raise RefusedError(f"the key {key!r} is {_kind(key)}, keys are text")


def _leaf(value: object, indent: str | None) -> str:
    """Write what has no children; `indent` is that of a literal block, None where none can stand."""
    if isinstance(value, str):
        text = str.__str__(value)
        block = write_block(text, indent) if "\n" in text and indent is not None else None
        return block or write_text(text)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int | float):
        return write_number(value)
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, _LISTS):
        return "[]"
    raise RefusedError(f"{value!r} is {_kind(value)}, which YAML has no word for")


def _too_deep() -> RefusedError:
    return RefusedError(f"more than {_DEEPEST_INDENT // 2} steps of indentation; does it contain itself?")


def _explain(refused: RefusedError, document: int | None) -> str:
    """Say where and why; of a long path, only its beginning."""
    steps = refused.path[::-1]
    shown = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step[:_LONGEST_STEP]}" for step in steps[:_MOST_STEPS]
    )
    where = (shown.removeprefix(".") or "the document") + ("..." if len(steps) > _MOST_STEPS else "")
    text = f"{where}: {refused.reason}" if document is None else f"document {document}: {where}: {refused.reason}"
    return text.encode(errors="backslashreplace").decode()


def _comment(header: str) -> str:
    lines = header.split("\n") if header else []
    for line in lines:
        if not line.isprintable():
            raise EmitError(f"the header line {line!r} holds letters that do not print")
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _kind(value: object) -> str:
    return f"of type {type(value).__name__}"
