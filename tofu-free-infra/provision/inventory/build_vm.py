"""Plain VMs: who logs in, what they get at creation, who may call them."""

import re
from collections.abc import Mapping
from pathlib import Path

from generator.source import Map

from .build_machine import machine
from .model import Port, Vm
from .read import Record

_USER = r"[a-z_][a-z0-9_-]{0,31}"
_PACKAGE = r"[a-z0-9][a-z0-9+.-]+([=/]\S+)?"
_PUBLIC_KEY = re.compile(r"(^|\s)(ssh|ecdsa|sk)-\S+\s+[A-Za-z0-9+/=]{20,}")
_PROTOCOLS = ("tcp", "udp")
_LAST_PORT = 65535


def build_vm(name: str, record: Record, folder: Path) -> Vm | None:
    """Build a plain VM, its keys and files read from `folder`; None where too much is missing."""
    fields = machine(name, record, is_metal=False, default_tier=None)
    if fields is None or not record.need("image", "user", "ssh_keys"):
        return None
    keys = [_public_keys(folder, file, record) for file in record.texts("ssh_keys")]
    vm = Vm(
        **fields,
        image=record.text("image"),
        user=record.text("user", "", _USER, "a login of lower-case letters, digits, '-' and '_'"),
        ssh_keys=tuple(line for lines in keys for line in lines),
        packages=record.texts("packages", _PACKAGE, "the name of a package"),
        files=_files(folder, record),
        ports=_ports(record),
        called_by=_lists(record, "called_by"),
        talks_to=_talks_to(record),
    )
    record.close("storage")
    return vm


def _lists(record: Record, key: str) -> Mapping[str, tuple[str, ...]]:
    inner = record.record(key)
    return {name: inner.texts(name) for name in inner.tree}


def _talks_to(record: Record) -> Mapping[str, tuple[str, ...]]:
    inner = record.record("talks_to")
    found = {key: inner.texts(key) for key in ("internet", "lan", "services")}
    inner.close()
    return {key: entries for key, entries in found.items() if entries}


def _ports(record: Record) -> Mapping[str, Port]:
    inner = record.record("ports")
    found = {}
    for name, value in inner.tree.items():
        if isinstance(value, int) and not isinstance(value, bool):
            found[name] = Port(value, "tcp")
            continue
        port = inner.record(name) if isinstance(value, Map) else None
        number = port.raw("port") if port else None
        if port is None or not isinstance(number, int):
            inner.wrong(name, "a port number, or {port, protocol}")
            continue
        protocol = str(port.raw("protocol") or "tcp").lower()
        if protocol not in _PROTOCOLS:
            port.wrong("protocol", " or ".join(_PROTOCOLS))
        port.close()
        found[name] = Port(number, protocol)
    for name, port_there in found.items():
        if not 1 <= port_there.number <= _LAST_PORT:
            inner.wrong(name, f"a port from 1 to {_LAST_PORT}")
    return found


def _files(folder: Path, record: Record) -> Mapping[str, str]:
    inner = record.record("files")
    found = {}
    for path, value in inner.tree.items():
        source = value.get("source") if isinstance(value, Map) else None
        if isinstance(value, str) and path.startswith("/"):
            found[path] = value
        elif isinstance(source, str) and path.startswith("/"):
            found[path] = _file(folder, source, inner, path)
        else:
            inner.wrong(path, "text, or {source: FILE}" if path.startswith("/") else "a path from the root")
    return found


def _public_keys(folder: Path, file: str, record: Record) -> tuple[str, ...]:
    """Return the keys of a file; what is in it is never shown, since it may be the private half."""
    lines = (line.strip() for line in _file(folder, file, record, "ssh_keys").splitlines())
    keys = tuple(line for line in lines if line and not line.startswith("#"))
    if any(_PUBLIC_KEY.search(key) is None for key in keys):
        message = f"{record.who} names the file {file!r}, which holds something else than public keys"
        record.notes.error(record.place("ssh_keys"), "ssh-key", message, "name a file such as ~/.ssh/id_ed25519.pub")
    return keys


def _file(folder: Path, name: str, record: Record, key: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        message = f"{record.who} names the file {name!r}, which cannot be read: {reason}"
        record.notes.error(record.place(key), "file", message, f"put it at values/{folder.name}/{name}")
        return ""
