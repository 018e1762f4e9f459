#!/usr/bin/env python3
"""Set up what a make target needs: `python3 tools/setup.py run test gate helm3`.

Written so that any Python 3 can read it: an old one must reach the line that says it is too old.
"""

import sys

OLDEST = (3, 11)
EXIT_TOOL_FAILED = 3


def too_old(version, executable):
    # type: (tuple[int, ...], str) -> str
    """Return the line for a Python that is too old, nothing for one that will do."""
    if version[:2] >= OLDEST:
        return ""
    found = ".".join(str(number) for number in version[:2])
    return "python3 is {} at {}, Chartroom needs 3.11 or newer (make PYTHON=python3.12)".format(found, executable)  # noqa: UP032


def start(arguments):
    # type: (list[str]) -> int
    """Check the interpreter, then hand over; an exit code."""
    fault = too_old(tuple(sys.version_info[:3]), sys.executable)
    if fault:
        sys.stderr.write("set-up: " + fault + "\n")
        return EXIT_TOOL_FAILED
    from toolchain.cli import main

    return main(arguments)


if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
