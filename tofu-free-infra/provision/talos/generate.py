"""Write the Python modules of the `.proto` files in `proto/`, or compare them with what is committed.

    python -m provision.talos.generate           # write
    python -m provision.talos.generate --check   # exit 1 and name every file that differs

Needs grpcio-tools, a development dependency: nothing that runs imports it.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

PROTO_DIR = Path(__file__).parent / "proto"
IMPORT_ROOT = PROTO_DIR.parents[2]  # the folder on sys.path: a proto's path becomes its Python module
SUFFIXES = ("_pb2.py", "_pb2.pyi", "_grpc.py")
HEADER = "# ruff: noqa\n# fmt: off\n# mypy: ignore-errors\n"  # protoc's style is not ours to judge


def sources(folder: Path = PROTO_DIR) -> list[Path]:
    """List the `.proto` files, sorted."""
    return sorted(folder.glob("*.proto"))


def generate(out: Path, protos: Sequence[Path]) -> None:
    """Generate messages, stubs for type checkers and grpclib services below `out`.

    Raises:
        RuntimeError: protoc refused a file; its own words went to stderr.
    """
    from grpc_tools import protoc

    well_known = Path(protoc.__file__).parent / "_proto"
    flags = [f"--{kind}_out={out}" for kind in ("python", "pyi", "grpclib_python")]
    names = [str(proto.relative_to(IMPORT_ROOT)) for proto in protos]
    if protoc.main(["protoc", f"-I{IMPORT_ROOT}", f"-I{well_known}", *flags, *names]) != 0:
        raise RuntimeError(f"protoc refused the files of {PROTO_DIR}")


def differences(fresh: Path, committed: Path) -> Iterator[str]:
    """Yield one line per generated file that is missing, left over or different."""
    expected = {path.name: path for suffix in SUFFIXES for path in fresh.glob(f"*{suffix}")}
    present = {path.name: path for suffix in SUFFIXES for path in committed.glob(f"*{suffix}")}
    for name in sorted(expected.keys() | present.keys()):
        if name not in present:
            yield f"{name}: missing, its .proto file asks for it"
        elif name not in expected:
            yield f"{name}: left over, no .proto file makes it"
        elif expected[name].read_bytes() != present[name].read_bytes():
            yield f"{name}: differs from what its .proto file makes"


def finish(folder: Path) -> None:
    """Mark every module as generated, and delete the service modules of files that define messages only."""
    for path in sorted(folder.iterdir()):
        text = path.read_text(encoding="utf-8")
        if path.name.endswith("_grpc.py") and "class " not in text:
            path.unlink()
        else:
            path.write_text(HEADER + text, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Write or compare, and say what happened. Exit code: 0 equal or written, 1 different, 2 usage."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: python -m provision.talos.generate [--check]\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), sources())
        fresh = Path(folder) / PROTO_DIR.relative_to(IMPORT_ROOT)
        finish(fresh)
        if arguments:
            lines = list(differences(fresh, PROTO_DIR))
            _say("\n".join(lines) if lines else f"{len(sources())} .proto files: generated modules are current")
            return 1 if lines else 0
        for path in sorted(fresh.iterdir()):
            (PROTO_DIR / path.name).write_bytes(path.read_bytes())
            _say(path.name)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
