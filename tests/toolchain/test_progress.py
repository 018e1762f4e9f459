"""What a person sees while set-up works."""

import io

from toolchain.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_details_are_rare_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.step("building helm")
    for number in range(100):
        progress.detail(f"{number} packages compiled")
    progress.done()
    assert stream.getvalue() == "set-up: building helm\n"


def test_a_late_detail_names_its_step() -> None:
    stream = io.StringIO()
    progress = Progress(stream, quiet_s=0.0)
    progress.step("building helm")
    progress.detail("12 packages compiled")
    assert stream.getvalue() == "set-up: building helm\nset-up: building helm: 12 packages compiled\n"


def test_details_are_drawn_in_place_on_a_terminal() -> None:
    stream = Terminal()
    progress = Progress(stream, quiet_s=0.0)
    progress.step("building helm")
    progress.detail("12 packages compiled")
    progress.step("building regal")
    progress.done()
    assert stream.getvalue() == (
        "set-up: building helm\n\r\x1b[K  12 packages compiled\r\x1b[Kset-up: building regal\n"
    )
