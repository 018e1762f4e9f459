"""`make bench`: print what the generator costs, and how that grows.

python -m bench [--services N] [--growth]
"""

import argparse
from pathlib import Path

from bench.generator import Row, measure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1000)
    parser.add_argument("--growth", action="store_true", help="also 250, 500, 2,500 and 5,000 services")
    options = parser.parse_args()
    root = Path(__file__).parent.parent
    sizes = [options.services, *((250, 500, 2500, 5000) if options.growth else ())]
    for services in sorted(sizes):
        rows, counted = measure(root, services, runs=3 if services <= 1000 else 1)
        _print(services, rows, counted)


def _print(services: int, rows: list[Row], counted: dict[str, int]) -> None:
    floor = rows[0].seconds
    print(
        f"\n{services} services x 3 environments: " + ", ".join(f"{value:,} {name}" for name, value in counted.items())
    )
    print(f"{'':42}{'seconds':>9}{'aim':>7}{'x floor':>9}{'ms/service':>12}")
    for row in rows:
        aim = f"{row.aim_s:.2f}" if row.aim_s is not None else "–"
        print(f"{row.what:42}{row.seconds:9.2f}{aim:>7}{row.seconds / floor:9.1f}{row.seconds / services * 1000:12.2f}")


if __name__ == "__main__":
    main()
