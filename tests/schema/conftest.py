"""Fixtures of the schema tests: Kubernetes' own reader, and one validator per version."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from generator.schema import Validator
from tests.schema.kubernetes_reader import KubernetesReader, build, find_go, is_unfetched

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "k8syaml"


@pytest.fixture(scope="session")
def kubernetes_reader() -> Iterator[KubernetesReader]:
    """Start sigs.k8s.io/yaml, or skip by name where it cannot be built."""
    go = find_go()
    if go is None:
        pytest.skip("sigs.k8s.io/yaml: no Go on this machine to build it with")
    try:
        program = build(go, CACHE)
    except subprocess.CalledProcessError as error:
        if is_unfetched(error):
            pytest.skip("sigs.k8s.io/yaml: not in Go's module cache; fetch it: go -C tests/schema/k8syaml mod download")
        raise
    with KubernetesReader(program) as reader:
        yield reader


@cache
def _validator(version: str) -> Validator:
    return Validator(version)


@pytest.fixture(scope="session")
def validator() -> Validator:
    """Return a validator for the version that the site is written for."""
    return _validator("1.36")
