"""Every page of a small fleet, whole. `python -m tests.docs.write_golden` writes them anew."""

from pathlib import Path

import pytest

from tests.docs.small import GOLDEN, pages_of, write_values

NAMES = sorted(file.name for file in GOLDEN.iterdir())


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    found = pages_of(write_values(tmp_path_factory.mktemp("fleet")))
    return {path.removeprefix("docs/reference/").replace("/", "-"): text for path, text in found.items()}


def test_every_page_but_the_formats_has_its_golden_twin(pages: dict[str, str]) -> None:
    assert sorted(pages) == sorted([*NAMES, "service-format.md", "inventory-format.md"])


@pytest.mark.parametrize("name", NAMES)
def test_page_is_as_written(pages: dict[str, str], name: str) -> None:
    assert pages[name] == (GOLDEN / name).read_text()


def test_pages_are_whole_without_the_folder_of_facts(tmp_path: Path) -> None:
    found = pages_of(write_values(tmp_path, facts=False))
    assert "## Known about" not in "".join(found.values())
    assert found["docs/reference/services/web.md"].endswith("| `Deployment/web` | patched | starts slowly |\n")


def test_a_bucket_of_another_product_says_what_to_make(tmp_path: Path) -> None:
    other = "image: docker.io/a/store:2\n"
    buckets = (GOLDEN / "buckets.md").read_text()
    assert "/garage bucket create web" in buckets
    changed = {
        "platform/shared/buckets.yaml": "summary: Shared buckets\ncategory: things\n"
        + other
        + "ports: {s3: 3900}\nprobes: tcp:s3\n"
        "resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 32Mi}}\nprovides: {bucket: {port: s3}}\n"
    }
    page = pages_of(write_values(tmp_path, changed))["docs/reference/buckets.md"]
    assert "```sh\n# buckets: make bucket web and a key that may read and write it\n```" in page
