"""`make bench`: print what the generator costs, and how that grows.

python -m bench [--services N] [--quick]
python -m bench provision [--nodes N] [--rate R]
python -m bench gate [--services N] [--quick]
"""

import argparse
import os
import sys
from pathlib import Path

from bench import gate, provision
from bench.generator import Result, grow, measure
from bench.report import measure_page

_GROWTH = (250, 500, 1000, 2500, 5000)


def main() -> None:
    if sys.argv[1:2] == ["provision"]:
        provision.main(sys.argv[2:])
        return
    if sys.argv[1:2] == ["gate"]:
        gate.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--quick", action="store_true", help="without the growth from 250 to 5,000 services")
    options = parser.parse_args()
    root = Path(__file__).parent.parent
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; the least of three runs")
    _print(measure(root, options.services))
    _print_page()
    if not options.quick:
        _print_growth(root)


def _print(result: Result) -> None:
    made = ", ".join(f"{value:,} {name}" for name, value in result.counted.items())
    print(f"\n{result.services} services x 3 environments: {made}")
    print(f"\n{'':40}{'seconds':>9}{'aim':>7}{'x floor':>9}{'processor':>14}{'MiB':>12}")
    print(f"{'floor: yaml.compose, write the bytes':40}{result.floor_s:9.2f}{'–':>7}{1:9.1f}")
    for row in result.rows:
        aim = f"{row.aim_s:.2f}" if row.aim_s is not None else "–"
        cost = row.cost
        processor = " + ".join(f"{seconds:.2f}" for seconds in cost.processor_s if seconds)
        memory = " + ".join(f"{mib}" for mib in cost.memory_mib if mib)
        print(f"{row.what:40}{cost.wall_s:9.2f}{aim:>7}{cost.wall_s / result.floor_s:9.1f}{processor:>14}{memory:>12}")
    print(f"\n{'what a cold run does, in one process':40}{'processor':>9}")
    for stage in result.stages:
        print(f"{stage.name:40}{stage.seconds:9.2f}")


def _print_page() -> None:
    print(f"\n{'the page of the gate':40}{'seconds':>9}{'aim':>7}")
    for row in measure_page():
        aim = f"{row.aim_s:.2f}" if row.aim_s is not None else "–"
        print(f"{row.what:40}{row.seconds:9.3f}{aim:>7}")


def _print_growth(root: Path) -> None:
    head = f"{'one changed':>12}"
    print(f"\n{'cold, once; one image changed':40}{'seconds':>9}{'processor':>14}{'ms/service':>12}{'MiB':>12}{head}")
    for services in _GROWTH:
        count, cost, changed = grow(root, services)
        processor = " + ".join(f"{seconds:.2f}" for seconds in cost.processor_s)
        each_ms = sum(cost.processor_s) / count * 1000
        memory = " + ".join(f"{mib}" for mib in cost.memory_mib)
        ran = f"{cost.wall_s:9.2f}{processor:>14}{each_ms:12.2f}{memory:>12}{changed.wall_s:12.2f}"
        print(f"{f'{count:,} services':40}{ran}")


if __name__ == "__main__":
    main()
