"""Debian's Chromium without a window, driven over a pipe: no port is opened and nothing is fetched."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--remote-debugging-pipe",
)  # fmt: skip
# The browser reads file 3 and writes file 4. Above that number the ends of the pipes cannot be in their own way.
_ABOVE = 10
_HAND_OVER = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
_END = b"\0"
_CHUNK = 1 << 20


class BrowserFault(Exception):
    """The browser did not do what it was asked."""


def find_chromium() -> str | None:
    """Return the path of Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Chromium:
    """One browser with one page."""

    def __init__(self, program: str, profile: Path) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        theirs = [fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, _ABOVE) for handle in (theirs_in, theirs_out)]
        os.close(theirs_in)
        os.close(theirs_out)
        command = (sys.executable, "-c", _HAND_OVER, *map(str, theirs), program, *_FLAGS)
        command += (f"--user-data-dir={profile}", "about:blank")
        with (profile / "stderr").open("wb") as errors:
            self._process = subprocess.Popen(
                command, pass_fds=theirs, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
            )
        for handle in theirs:
            os.close(handle)
        self._in, self._out = ours_in, ours_out
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.failures: list[str] = []

    def __enter__(self) -> Self:
        pages = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in pages if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Ask the browser and wait for its answer.

        Raises:
            BrowserFault: it refused, or went away.
        """
        number = self._send(method, parameters)
        answer = self._until(lambda message: message.get("id") == number)
        if "error" in answer:
            raise BrowserFault(f"{method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, url: str) -> None:
        """Load a page and wait until it is loaded; what it complains of is kept in `failures`."""
        self.failures.clear()
        number = self._send("Page.navigate", {"url": url})
        self._until(lambda message: message.get("id") == number)
        self._until(lambda message: message.get("method") == "Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserFault(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")

    def media(self, kind: str = "screen", **features: str) -> None:
        """Show the page as on paper (`print`), or as a person prefers it (`color-scheme`)."""
        wanted = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", media=kind, features=wanted)

    def size(self, width: int, height: int) -> None:
        """Set the size of the window in CSS pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def screenshot(self, path: Path, whole: bool = False) -> None:
        """Write what the page looks like as PNG."""
        picture = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(picture["data"]))

    def _send(self, method: str, parameters: Mapping[str, object]) -> int:
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + _END
        while data:
            data = data[os.write(self._out, data) :]
        return self._number

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            message = self._receive()
            self._note(message)
            if wanted(message):
                return message

    def _receive(self) -> dict[str, Any]:
        while _END not in self._rest:
            read = os.read(self._in, _CHUNK)
            if not read:
                raise BrowserFault("the browser went away")
            self._rest += read
        line, _, self._rest = self._rest.partition(_END)
        message: dict[str, Any] = json.loads(line)
        return message

    def _note(self, message: Mapping[str, Any]) -> None:
        """Keep what a person would see in red in the console."""
        if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            self.failures.append(str(message["params"]["entry"]["text"]))
        elif message.get("method") == "Runtime.exceptionThrown":
            self.failures.append(str(message["params"]["exceptionDetails"].get("text")))


@contextmanager
def chromium(program: str) -> Iterator[Chromium]:
    """Start a browser with an empty profile; it ends with the block."""
    with (
        tempfile.TemporaryDirectory(prefix="chartroom-chromium-", ignore_cleanup_errors=True) as profile,
        Chromium(program, Path(profile)) as browser,
    ):
        yield browser
