"""Run a function in a process of its own, one that may be killed."""

import os
import traceback
from collections.abc import Callable


def start(work: Callable[[], object]) -> int:
    """Start `work` in a child and return its process id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def end_of(child: int) -> int:
    """Wait for a child and return its exit code, or the number of the signal that ended it, negative."""
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)
