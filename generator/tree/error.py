"""Why the tree cannot be read or written, in one line."""

import errno
import os

from generator.finding import ChartroomError, shown

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "this user has no permission",
    errno.EPERM: "this user has no permission",
    errno.ENAMETOOLONG: "the name is too long for this file system",
    errno.ELOOP: "a symbolic link is in the way",
    errno.EISDIR: "a folder is in the way; move it away",
    errno.ENOTEMPTY: "a folder is in the way; move it away",
    errno.ENOTDIR: "a file is in the way; move it away",
    errno.EEXIST: "a file is in the way; move it away",
}
_AFTERWARDS = "every file is whole, old or new, and the next run goes on from here"


class TreeError(ChartroomError):
    """The generated files cannot be read or written. Its text begins with the path."""


def cannot_read(path: str, error: OSError) -> TreeError:
    """Say why `path` could not be read; nothing was written yet."""
    return TreeError(f"{shown(path)}: {_reason(error)}")


def cannot_write(path: str, error: OSError) -> TreeError:
    """Say why `path` could not be written, and that what was written is sound."""
    return TreeError(f"{shown(path)}: {_reason(error)}; {_AFTERWARDS}")


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0) or os.strerror(error.errno or 0).lower()
