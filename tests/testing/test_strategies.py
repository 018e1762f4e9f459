"""What strategies draw: it fits the shape, and most of the sound ones pass."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.catalogue.shape import shapes
from generator.emitter import emit
from generator.source import read_file
from generator.testing.fleets import fleets
from generator.testing.minimal import minimal_files
from generator.testing.site import Site
from generator.testing.strategies import field, services
from generator.testing.texts import texts, words
from generator.testing.workloads import workloads

SLOWLY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@SLOWLY
@given(service=st.one_of(workloads(["b"]), fleets().map(lambda fleet: next(iter(fleet.values())))))
def test_sound_services_fit_the_shape(tmp_path: Path, service: dict[str, Any]) -> None:
    (tmp_path / "app.yaml").write_text(emit(service), encoding="utf-8")
    document = read_file(tmp_path, "app.yaml")
    if not document.findings:
        assert list(shapes()["service"].findings(document.tree)) == []


@SLOWLY
@given(service=services(nulls=True))
def test_services_of_an_override_may_hold_null(service: dict[str, Any]) -> None:
    assert isinstance(service, dict)


@pytest.mark.parametrize("name", sorted(shapes()["service"].schema["properties"]))
def test_every_field_can_be_drawn_without_null(name: str) -> None:
    seen: list[object] = []

    @settings(max_examples=5, database=None, suppress_health_check=list(HealthCheck))
    @given(field(name))
    def draw(value: object) -> None:
        seen.append(value)

    draw()
    assert None not in seen


@given(words())
def test_words_are_one_line_that_is_not_empty(text: str) -> None:
    assert 0 < len(text) <= 80
    assert "\n" not in text


@given(texts())
def test_texts_can_be_emitted(text: str) -> None:
    assert emit({"a": text})


def test_minimal_site_passes_everything(tmp_path: Path) -> None:
    site = Site(tmp_path)
    assert site.findings() == ()
    assert set(minimal_files()) == {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.yaml")}
