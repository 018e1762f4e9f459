"""Files as Talos streams them: a gzip'd tar of one file, without the blocks that end a tar."""

import contextlib
import gzip
import io
import tarfile
import zlib

_BROKEN = (zlib.error, tarfile.TarError, EOFError, gzip.BadGzipFile)


def unpack(stream: bytes, *, member: str) -> bytes | None:
    """Take the one file out of its archive, or None where it is incomplete or another.

    Whatever reads all members at once fails on a good stream of Talos: `next` and `extractfile` do not look that far.
    """
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)  # gzip, without asking for its end
    with contextlib.suppress(*_BROKEN), tarfile.open(fileobj=io.BytesIO(inflater.decompress(stream))) as archive:
        entry = archive.next()
        found = archive.extractfile(entry) if entry is not None and entry.name == member else None
        if entry is not None and found is not None:
            content = found.read()
            return content if len(content) == entry.size else None
    return None
