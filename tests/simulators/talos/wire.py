"""Messages of the simulated node, built at start from `tables/messages.yaml` in a pool of their own.

Python code generated twice from equal `.proto` files would clash in protobuf's one default pool, and would let one slip
in a field number pass on both sides.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml
from google.protobuf import any_pb2, descriptor_pb2, duration_pb2, empty_pb2, struct_pb2, timestamp_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet

from .faults import TABLES

_WELL_KNOWN = (any_pb2, duration_pb2, empty_pb2, struct_pb2, timestamp_pb2)
_Field = descriptor_pb2.FieldDescriptorProto


@cache
def table() -> dict[str, dict[str, Any]]:
    """Read the table: full name → source and fields, or values of an enum."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load((TABLES / "messages.yaml").read_text(encoding="utf-8"))
    return rows


@cache
def message(name: str) -> type[Message]:
    """Return the class of a message by its full name, ours or google's."""
    return GetMessageClass(_pool().FindMessageTypeByName(name))


def make(name: str, /, **fields: Any) -> Any:
    """Make a message; the class is built at run time, so its fields have no static type."""
    return message(name)(**fields)


def enum(name: str, value: str | int) -> Any:
    """Return the number of an enum's value, or the name of its number."""
    values: dict[str, int] = table()[name]["values"]
    if isinstance(value, str):
        return values[value]
    return next((key for key, number in values.items() if number == value), str(value))


def unknown_fields(received: Message, path: str = "") -> Iterator[str]:
    """Yield the place of every field that the table does not have, nested ones too."""
    where = path or received.DESCRIPTOR.full_name
    unknown: Any = UnknownFieldSet(received)  # its stubs know no iteration
    for field in unknown:
        yield f"{where}: unknown field {field.field_number}"
    for descriptor, value in received.ListFields():
        if descriptor.message_type is None or descriptor.message_type.full_name.startswith("google."):
            continue
        for item in value if descriptor.is_repeated else [value]:
            if isinstance(item, Message):
                yield from unknown_fields(item, f"{where}.{descriptor.name}")


@cache
def _pool() -> DescriptorPool:
    pool = DescriptorPool()
    for module in _WELL_KNOWN:
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    packages: dict[str, descriptor_pb2.FileDescriptorProto] = {}
    for name, row in table().items():
        package = next(
            p for p in ("common", "machine", "storage", "cosi.resource", "chartroom.spec") if name.startswith(p + ".")
        )
        file = packages.setdefault(package, _file(package))
        _add(file, name.removeprefix(package + "."), row)
    for package in sorted(packages, key=lambda name: name != "common"):
        pool.AddSerializedFile(packages[package].SerializeToString())
    return pool


def _file(package: str) -> descriptor_pb2.FileDescriptorProto:
    imports = [module.DESCRIPTOR.name for module in _WELL_KNOWN]
    if package != "common":
        imports.append("simulator/common")
    return descriptor_pb2.FileDescriptorProto(
        name=f"simulator/{package}", package=package, syntax="proto3", dependency=imports
    )


def _add(file: descriptor_pb2.FileDescriptorProto, name: str, row: dict[str, Any]) -> None:
    if "values" in row:
        parent, _, own = name.rpartition(".")
        holder = next((m for m in file.message_type if m.name == parent), file) if parent else file
        target = holder.enum_type.add(name=own)
        for value, number in row["values"].items():
            target.value.add(name=value, number=number)
        return
    result = file.message_type.add(name=name)
    for field, text in row["fields"].items():
        number, *words = str(text).split()
        _add_field(result, file.package, field, int(number), words)


def _add_field(result: descriptor_pb2.DescriptorProto, package: str, field: str, number: int, words: list[str]) -> None:
    label = _Field.LABEL_REPEATED if "repeated" in words else _Field.LABEL_OPTIONAL
    entry = result.field.add(name=field, number=number, label=label)
    kind = words[-1]
    if "oneof" in words:
        if not result.oneof_decl:
            result.oneof_decl.add(name="response")
        entry.oneof_index = 0
    if kind == "map":
        nested = result.nested_type.add(name=f"{field.title().replace('_', '')}Entry")
        nested.options.map_entry = True
        for index, part in enumerate(("key", "value"), start=1):
            nested.field.add(name=part, number=index, label=_Field.LABEL_OPTIONAL, type=_Field.TYPE_STRING)
        entry.label, entry.type = _Field.LABEL_REPEATED, _Field.TYPE_MESSAGE
        entry.type_name = f".{package}.{result.name}.{nested.name}"
    elif "." in kind:
        entry.type = _Field.TYPE_ENUM if "values" in table().get(kind, {}) else _Field.TYPE_MESSAGE
        entry.type_name = f".{kind}"
    else:
        entry.type = getattr(_Field, f"TYPE_{kind.upper()}")
