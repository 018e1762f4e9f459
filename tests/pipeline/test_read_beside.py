"""Two processes read a large repository: what they find is what one finds."""

from pathlib import Path

from generator.catalogue import read_sources
from generator.catalogue.sources import service_paths
from generator.pipeline.workspace import open_workspace
from generator.source.tree import walk_leaves

SERVICE = "summary: Number {number}\ncategory: tools\nimage: ghcr.io/example/tool:1.{number}.0\nports: {{http: 8080}}\n"


def write_repository(root: Path) -> None:
    for number in range(130):
        folder = root / "values" / ("apps" if number % 2 else "platform") / f"domain-{number % 7}"
        folder.mkdir(parents=True, exist_ok=True)
        text = "wrong: [" if number % 50 == 3 else SERVICE.format(number=number)
        (folder / f"service-{number}.yaml").write_text(text)
    (root / "values/site.yaml").write_text("zone: example.net\n")


def test_a_large_repository_reads_as_in_one_process(tmp_path: Path) -> None:
    write_repository(tmp_path)

    found, wanted = open_workspace(tmp_path).sources, read_sources(tmp_path)

    assert len(service_paths(tmp_path)) == 130
    assert found == wanted
    assert len(found.services) == 127
    for name, file in wanted.services.items():
        assert list(walk_leaves(found.services[name].layer)) == list(walk_leaves(file.layer))


def test_service_paths_leave_out_links_and_what_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "values/apps/media"
    folder.mkdir(parents=True)
    (folder / "domain.yaml").write_text("summary: Media\n")
    (folder / "sonarr.yaml").write_text("summary: Series\n")
    (folder / "linked.yaml").symlink_to(folder / "sonarr.yaml")
    (folder / "folder.yaml").mkdir()
    (tmp_path / "values/apps/linked").symlink_to(folder)

    assert service_paths(tmp_path) == ["values/apps/media/sonarr.yaml"]
