"""What a person sees and does in a real terminal: a plan on one screen, Ctrl-C once and twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.provision.apply.simulated import RATE
from tests.provision.cli.console import Console
from tests.provision.cli.terminal import CTRL_C, opened, plain

SHOW_CURSOR = "\x1b[?25h"
HIDE_CURSOR = "\x1b[?25l"


def turn(shell: Console, rate: float) -> None:
    """Let the time of both simulators run so fast."""

    def both(together: Any) -> None:
        together.proxmox.engine.clock.turn(rate)
        together.talos.clock.turn(rate)

    shell.site.call(both)


@pytest.fixture
def slow(shell: Console, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """A site whose machines take their time, so that somebody can press a key."""
    shell.log_in("dev", monkeypatch)
    turn(shell, 20)
    yield shell
    turn(shell, RATE)


def test_plan_of_prod_is_on_one_screen(shell: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.log_in("prod", monkeypatch)
    code, shown = opened(shell, "prod", "plan").end()
    lines = plain(shown)
    assert code == 0
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 24
    text = "\n".join(lines)
    for row in (
        "  + talos-1      control plane pve-1   4 cores   8 GiB  100 GiB 10.0.10.11",
        "  + talos-4      worker        pve-1   8 cores  32 GiB    1 TiB 10.0.10.14",
        "  + ollama-vm    vm            pve-3  12 cores  64 GiB  560 GiB 10.0.10.30",
        "  + postgres-vm  vm            pve-1   4 cores  16 GiB  240 GiB 10.0.10.31",
        "  + pbs          vm            pve-2   2 cores   8 GiB   40 GiB 10.0.10.32",
        "  + sandbox      vm            pve-2   2 cores   4 GiB   40 GiB 10.0.20.90",
        "  warning: the cluster firewall of Proxmox is off: the rules of ollama-vm,\n"
        "      postgres-vm, pbs, sandbox are not enforced",
    ):
        assert row in text
    assert "\x1b[32m+\x1b[0m" in shown


def test_first_ctrl_c_ends_after_what_has_begun(slow: Console) -> None:
    terminal = opened(slow, "dev", "apply", "--yes")
    terminal.until("qcow2/download")
    terminal.type(CTRL_C)
    terminal.until("stopping after the steps that have begun; Ctrl-C again stops at once")
    code, shown = terminal.end()
    assert code == 2
    assert "Error: stopped as asked; not begun: " in shown
    assert "apply again to go on" in " ".join(plain(shown))
    assert shown.rfind(SHOW_CURSOR) > shown.rfind(HIDE_CURSOR)
    turn(slow, RATE)
    assert slow.site.call(lambda together: "dev-lock" in together.proxmox.site.pools) is False
    assert "plan of dev: done" in slow.done("dev", "apply", "--yes")
    assert slow.done("dev", "plan").startswith("plan of dev: nothing to do")


def test_second_ctrl_c_ends_at_once_and_the_next_apply_goes_on(slow: Console) -> None:
    terminal = opened(slow, "dev", "apply", "--yes")
    terminal.until("qcow2/download")
    terminal.type(CTRL_C)
    terminal.until("Ctrl-C again stops at once")
    terminal.type(CTRL_C)
    code, shown = terminal.end(20)
    assert code == 130
    assert "stopped at once; what runs in Proxmox goes on, apply again to go on from there" in " ".join(plain(shown))
    assert shown.rfind(SHOW_CURSOR) > shown.rfind(HIDE_CURSOR)
    assert slow.site.call(lambda together: "dev-lock" in together.proxmox.site.pools)  # nobody gave it back
    turn(slow, RATE)
    assert "plan of dev: done" in slow.done("dev", "apply", "--yes")  # and whoever left it may take it again
    assert slow.done("dev", "plan").startswith("plan of dev: nothing to do")
