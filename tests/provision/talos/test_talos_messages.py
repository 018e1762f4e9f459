"""The generated messages: current, and the same after a trip over the wire."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from provision.talos import generate
from provision.talos.proto import (
    common_pb2,
    cosi_pb2,
    image_pb2,
    lifecycle_pb2,
    machine_pb2,
    spec_pb2,
    storage_pb2,
)

FILES = (common_pb2, cosi_pb2, image_pb2, lifecycle_pb2, machine_pb2, spec_pb2, storage_pb2)


def all_messages() -> Iterator[Descriptor]:
    for module in FILES:
        yield from module.DESCRIPTOR.message_types_by_name.values()


def sample(kind: int, number: int) -> object:
    if kind == FieldDescriptor.CPPTYPE_STRING:
        return f"text {number}"
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return True
    return number  # every enum here has a value 0 or 1, and open enums keep any number


def fill(message: Message, depth: int = 0) -> Message:
    field: Any
    for field in message.DESCRIPTOR.fields:
        if field.message_type is not None:
            if field.message_type.full_name.startswith("google."):
                if not field.is_repeated:
                    getattr(message, field.name).SetInParent()
            elif depth < 2:
                fill_nested(message, field, depth)
            continue
        value = sample(field.cpp_type, field.number)
        if field.type == FieldDescriptor.TYPE_BYTES:
            value = b"\x00\xff" + bytes([field.number])
        if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
            value = field.enum_type.values[-1].number
        if field.is_repeated:
            getattr(message, field.name).append(value)
        else:
            setattr(message, field.name, value)
    return message


def fill_nested(message: Message, field: Any, depth: int) -> None:
    if field.message_type.GetOptions().map_entry:
        getattr(message, field.name)["key"] = "value"
    elif field.is_repeated:
        fill(getattr(message, field.name).add(), depth + 1)
    else:
        child = getattr(message, field.name)
        child.SetInParent()
        fill(child, depth + 1)


@pytest.mark.parametrize("descriptor", list(all_messages()), ids=lambda descriptor: descriptor.full_name)
def test_message_survives_the_wire(descriptor: Descriptor) -> None:
    message = fill(GetMessageClass(descriptor)())
    copy = GetMessageClass(descriptor)()
    copy.ParseFromString(message.SerializeToString(deterministic=True))
    assert copy == message
    assert message.ByteSize() > 0 or not descriptor.fields


def test_bytes_on_the_wire_follow_the_field_numbers() -> None:
    request = machine_pb2.ApplyConfigurationRequest(
        data=b"x", mode=machine_pb2.ApplyConfigurationRequest.TRY, dry_run=True
    )
    request.try_mode_timeout.seconds = 60
    assert request.SerializeToString().hex(" ") == "0a 01 78 20 04 28 01 32 02 08 3c"
    pull = image_pb2.ImageServicePullRequest(image_ref="i")
    assert pull.SerializeToString().hex(" ") == "1a 01 69"  # 3, not 2


def test_committed_modules_are_what_the_proto_files_make(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0
    assert capsys.readouterr().out == "7 .proto files: generated modules are current\n"


def test_generate_writes_every_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "provision/talos/proto"
    folder.mkdir(parents=True)
    (folder / "common.proto").write_text((generate.PROTO_DIR / "common.proto").read_text())
    (folder / "gone_pb2.py").write_text("")
    (folder / "common_pb2.pyi").write_text("")
    monkeypatch.setattr(generate, "PROTO_DIR", folder)
    monkeypatch.setattr(generate, "IMPORT_ROOT", tmp_path)
    monkeypatch.setattr(generate, "sources", lambda: sorted(folder.glob("*.proto")))
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == (
        "common_pb2.py: missing, its .proto file asks for it\n"
        "common_pb2.pyi: differs from what its .proto file makes\n"
        "gone_pb2.py: left over, no .proto file makes it\n"
    )
    assert generate.main([]) == 0
    assert capsys.readouterr().out == "common_pb2.py\ncommon_pb2.pyi\n"


def test_generate_explains_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--wrong"]) == 2
    assert capsys.readouterr().err == "usage: python -m provision.talos.generate [--check]\n"


def test_generate_stops_when_protoc_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "bad.proto"
    bad.write_text("nonsense")
    monkeypatch.setattr(generate, "IMPORT_ROOT", tmp_path)
    monkeypatch.setattr(generate, "PROTO_DIR", tmp_path)
    with pytest.raises(RuntimeError) as caught:
        generate.generate(tmp_path, [bad])
    assert str(caught.value) == f"protoc refused the files of {tmp_path}"
