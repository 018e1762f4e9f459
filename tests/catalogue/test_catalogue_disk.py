# ruff: noqa: E501  # a row of a table, or a line of a file, stands on one line
"""What lies below values/: links, strays, other endings, and the texts that services mount."""

import os
from pathlib import Path

import pytest

from generator.finding import format_finding
from tests.support.workspace import Repository

A = "values/apps/media/a.yaml"
NO_LINKS = "is a symbolic link, links are not followed here [source/symbolic-link]\n  fix: put the file itself there"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.minimal(tmp_path)


def printed(repository: Repository) -> list[str]:
    """Findings without their source lines: a fault of the disk has none to show."""
    errors = [finding for finding in repository.all_findings() if str(finding.severity) == "error"]
    return [format_finding(finding) for finding in errors]


@pytest.mark.parametrize("target", ["plex.yaml", "nowhere.yaml", "a.yaml", "/etc/passwd"])
def test_linked_service_is_not_followed(repository: Repository, target: str) -> None:
    (repository.root / A).symlink_to(target)
    assert printed(repository) == [f"{A}:1:1: error: '{A}' {NO_LINKS}"]


@pytest.mark.parametrize("path", ["values/core", "values/core/net", "values/apps/media/files", "values/templates"])
def test_linked_folder_is_a_finding(repository: Repository, path: str) -> None:
    folder = repository.root / path
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(repository.root, target_is_directory=True)
    assert f"{path}:1:1: error: '{path}' {NO_LINKS}" in printed(repository)


@pytest.mark.parametrize("path", ["values/site.yaml", "values/inventory/hosts.yaml"])
def test_linked_site_and_hosts_are_not_followed(repository: Repository, path: str) -> None:
    file = repository.root / path
    file.rename(repository.root / "elsewhere.yaml")
    file.symlink_to(repository.root / "elsewhere.yaml")
    assert printed(repository) == [f"{path}:1:1: error: '{path}' {NO_LINKS}"]


def test_link_that_leads_round_in_circles_is_a_finding(repository: Repository) -> None:
    folder = repository.root / "values/apps/media/loop"
    folder.symlink_to(".", target_is_directory=True)
    assert printed(repository) == [f"values/apps/media/loop:1:1: error: 'values/apps/media/loop' {NO_LINKS}"]


def test_folder_and_pipe_with_the_name_of_a_file_are_findings(repository: Repository) -> None:
    (repository.root / "values/environments/dev.yaml").mkdir()
    os.mkfifo(repository.root / A)
    assert printed(repository) == [
        f"{A}:1:1: error: '{A}' is no file [source/unreadable]\n  fix: put a file there",
        "values/environments/dev.yaml:1:1: error: 'values/environments/dev.yaml' is a folder that nothing reads "
        "[source/stray]\n  fix: services stand at values/<tier>/<domain>/<service>.yaml",
    ]


def test_file_in_place_of_a_folder_is_a_finding(repository: Repository) -> None:
    repository.write("values/templates", "x: y\n")
    assert printed(repository) == [
        "values/templates:1:1: error: 'values/templates' cannot be read: Not a directory [source/unreadable]\n"
        "  fix: make it a readable folder"
    ]


def test_hidden_files_and_texts_are_nobodys_business(repository: Repository) -> None:
    for path in ("values/.git/x.yaml", "values/apps/.hidden.yaml", "values/README.md", "values/apps/media/NOTES.txt"):
        repository.write(path, "text\n")
    repository.write("values/apps/media/files/deep/x.yaml", "a: b: c\n")
    assert printed(repository) == []


def test_other_ending_is_a_finding_in_each_folder(repository: Repository) -> None:
    paths = ["values/apps/media/b.yml", "values/environments/dev.yml", "values/inventory/dev.yml", "values/site.yml"]
    for path in paths:
        repository.write(path, "summary: x\n")
    assert printed(repository) == [
        f"{path}:1:1: error: '{path}' is not read, file names end in .yaml [source/file-name]\n"
        f"  fix: rename it to {path.rpartition('/')[2][:-4]}.yaml"
        for path in paths
    ]


def test_environment_has_no_reserved_name(repository: Repository) -> None:
    repository.write("values/environments/common.yaml", "summary: x\nenabled: [apps/media/traefik]\n")
    assert printed(repository)[0] == (
        "values/environments/common.yaml:1:1: error: environment name 'common' is reserved [catalogue/reserved-name]\n"
        "  fix: rename the file"
    )


def test_values_without_a_site_or_domains_are_findings(repository: Repository) -> None:
    (repository.root / "values/site.yaml").unlink()
    (repository.root / "values/core/empty").mkdir(parents=True)
    missing = "cannot be read: No such file or directory [source/unreadable]\n  fix: make it a readable file"
    assert printed(repository) == [
        f"values/core/empty/domain.yaml:1:1: error: 'values/core/empty/domain.yaml' {missing}",
        f"values/site.yaml:1:1: error: 'values/site.yaml' {missing}",
    ]


SOURCE = "files: {/etc/a: {source: files/a.conf}}\n"
FIX = "  fix: put a text file there, or correct the path"


def test_source_is_read_for_every_container_and_dashboard(repository: Repository) -> None:
    init = "image: docker.io/a/b:1.0.0, resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}"
    repository.workload(
        "a",
        SOURCE
        + f"dashboards: [files/a.json]\ninitContainers: {{once: {{{init}, files: {{/x: {{source: files/a.conf}}, /y: text}}}}}}\n",
    )
    repository.write("values/apps/media/files/a.conf", "content\n")
    repository.write("values/apps/media/files/a.json", "{}\n")
    assert printed(repository) == []
    service = repository.catalogue().services["a"]
    main = service.components["main"]
    assert main.container is not None
    assert main.container.files["/etc/a"].text == "content\n"
    assert {path: file.text for path, file in main.init_containers["once"].files.items()} == {
        "/x": "content\n",
        "/y": "text",
    }
    assert [file.text for file in service.dashboards] == ["{}\n"]


def test_source_must_be_a_text_of_bounded_size_inside_the_folder(repository: Repository) -> None:
    repository.workload("a", SOURCE)
    file = repository.root / "values/apps/media/files/a.conf"
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe")
    expected = [f"{A}:6:9: error: file 'files/a.conf' is not UTF-8 [catalogue/file]\n{FIX}"]
    assert printed(repository) == expected
    file.write_bytes(b"x" * 900_001)
    assert printed(repository) == [
        f"{A}:6:9: error: file 'files/a.conf' has 900001 bytes, at most 900000 fit into a ConfigMap [catalogue/file]\n{FIX}"
    ]
    file.unlink()
    file.symlink_to("/etc/passwd")
    assert printed(repository) == [
        f"{A}:6:9: error: file 'files/a.conf' lies outside the domain's files/ [catalogue/file]\n{FIX}"
    ]
    file.unlink()
    file.mkdir()
    assert printed(repository) == [
        f"{A}:6:9: error: file 'files/a.conf' cannot be read: Is a directory [catalogue/file]\n{FIX}"
    ]
    file.rmdir()
    file.symlink_to("a.conf")
    (found,) = printed(repository)
    assert found.startswith(f"{A}:6:9: error: file 'files/a.conf' cannot be read: ")
