"""Limit how much happens at once on a host and on a storage.

Storages lock as a whole, so parallel imports on one time out: facts provisioning.md 1.4.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


class Gate:
    """Lets through `host` operations per host and `storage` per storage; the others wait their turn."""

    def __init__(self, host: int = 2, storage: int = 1) -> None:
        self._limits = {"host": host, "storage": storage}
        self._places: dict[tuple[str, str], threading.BoundedSemaphore] = {}
        self._guard = threading.Lock()

    @contextmanager
    def enter(self, host: str | None = None, *storages: str) -> Iterator[None]:
        """Hold a place on the host and on each storage while the block runs.

        A local storage is one per host, so name it `HOST/STORAGE`; a shared one by its name alone.
        """
        wanted = [("host", host)] if host else []
        wanted += [("storage", name) for name in set(storages)]
        with ExitStack() as held:
            # Everybody takes places in the same order, so no two wait for each other.
            for key in sorted(wanted):
                held.enter_context(self._place(key))
            yield

    def _place(self, key: tuple[str, str]) -> threading.BoundedSemaphore:
        with self._guard:
            return self._places.setdefault(key, threading.BoundedSemaphore(self._limits[key[0]]))
