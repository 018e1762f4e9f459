"""What a person sees of the Makefile."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Inside `make test`, an inner make would announce its folder.
QUIET = ("--no-print-directory", "-s")

HELP = """\
  make help     list the targets
  make charts   write charts, Applications and reference pages from values/
  make check    judge everything: drift, schemas, every rule; write nothing
  make plan     show what is to be done to the machines (ENV=prod OUT=plan.json DRIFT=1)
  make apply    carry out an approved plan (ENV=prod PLAN=plan.json); without PLAN, ask
  make demo     a whole site in this terminal, simulated: Proxmox, Talos, Kubernetes; nothing real is touched
  make test     lint, then the whole suite, with the real command-line tools
  make lint     types, style, and which layer may know which
  make fmt      format the Python code, mend what ruff can mend
  make docs     write the reference pages (charts does too) and parse every diagram
  make bench    measure the generator on a fleet of many services
  make fuzz     the property tests again, with many more examples
  make tools    build command-line tools into .tools/bin (SETS="gate helm3 promtool kubectl")
  make lock     write the three locks again from pyproject.toml (needs uv)
"""


def test_make_alone_lists_every_target() -> None:
    answer = subprocess.run(["make", *QUIET], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout == HELP


def test_charts_sets_up_only_the_run_lock() -> None:
    answer = subprocess.run(
        ["make", "--no-print-directory", "-n", "charts"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines() == [
        "python3 tools/setup.py run",
        f'PATH="{ROOT}/.tools/bin:{ROOT}/.venv/bin:$PATH" chartroom charts',
    ]
