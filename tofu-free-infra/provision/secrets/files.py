"""Write a secret to a file that nobody else can read, whole or not at all."""

import os
import tempfile
from pathlib import Path

from provision.secrets.error import SecretsError


def write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write `content` with mode 0600: temporary file, fsync, rename, fsync of the folder.

    Raises:
        SecretsError: the file is there and `replace` is false, or the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mkstemp opens with 0600
    except OSError as error:
        raise SecretsError(f"{path}: cannot be written, {error.strerror}") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            temporary.replace(path)
        else:
            os.link(temporary, path)  # unlike rename, a link never replaces
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise SecretsError(f"{path}: is there already and is not replaced") from error
    finally:
        temporary.unlink(missing_ok=True)


def read_private(path: Path) -> bytes:
    """Read a secret's file.

    Raises:
        SecretsError: it cannot be read, or others than its owner may read it.
    """
    try:
        mode = path.stat().st_mode & 0o777
        content = path.read_bytes()
    except OSError as error:
        raise SecretsError(f"{path}: cannot be read, {error.strerror}") from error
    if mode & 0o077:
        raise SecretsError(f"{path}: has mode {mode:04o}, others may read it, expected 0600")
    return content


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
