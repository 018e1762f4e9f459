"""Everything that is written for the small fleet, word for word."""

from dataclasses import replace

import pytest

from generator.argocd import GroupKind, build, survey
from generator.emitter import EmitError
from tests.argocd.fleets import EXPECTED, chart, domain, fleet, service, small


def test_build_writes_the_expected_files() -> None:
    made = build(*small())
    kept = {f"kubernetes/prod/{path.relative_to(EXPECTED)}": path.read_text() for path in EXPECTED.rglob("*.yaml")}
    assert list(made) == sorted(kept)
    for path, text in made.items():
        assert text == kept[path], path


def test_build_does_not_depend_on_the_order_of_its_input() -> None:
    whole, rendered = small()
    turned = replace(
        whole,
        domains=dict(reversed(list(whole.domains.items()))),
        namespaces=dict(reversed(list(whole.namespaces.items()))),
        nfs=whole.nfs[::-1],
    )
    assert build(turned, dict(reversed(rendered.items()))) == build(whole, rendered)


def test_a_domain_without_objects_has_no_application() -> None:
    media = domain("media", "apps", "Media")
    one = fleet("dev", (media,), ())
    assert list(build(one, {})) == ["kubernetes/dev/default.yaml", "kubernetes/dev/root.yaml"]


def test_a_domain_of_one_chart_and_nothing_around_it_has_the_charts_application_only() -> None:
    net = domain("net", "core", "Network")
    made = build(fleet("dev", (net,), (service("thing", net, "A thing", chart=chart()),)), {})
    assert [path for path in made if "/core/" in path] == ["kubernetes/dev/core/net/thing.yaml"]


def test_a_service_of_its_own_changes_only_the_files_of_its_domain() -> None:
    media, ai = domain("media", "apps", "Media"), domain("ai", "apps", "Models")
    old = (service("plex", media, "Media server"), service("ollama", ai, "Models"))
    new = (*old, service("seerr", media, "Requests"))
    rendered = {name: survey([("apps", "Deployment", name, "x")]) for name in ("media", "ai")}
    before, after = (build(fleet("dev", (media, ai), services), rendered) for services in (old, new))
    assert [path for path in after if after[path] != before.get(path)] == ["kubernetes/dev/apps/media.yaml"]


def test_prunable_kinds_stand_beside_the_rendered_ones() -> None:
    media = domain("media", "apps", "Media")
    one = fleet("dev", (media,), (service("plex", media, "Media server"),))
    rendered = {"media": survey([("apps", "Deployment", "media", "plex")])}
    text = build(one, rendered, prunable=frozenset({GroupKind("batch", "CronJob")}))["kubernetes/dev/apps/media.yaml"]
    assert (
        "  namespaceResourceWhitelist:\n"
        "  - group: apps\n    kind: Deployment\n"
        "  - group: batch\n    kind: CronJob\n"
        "  orphanedResources:\n"
    ) in text


def test_values_that_no_reader_agrees_on_name_the_service() -> None:
    net = domain("net", "core", "Network")
    thing = service("thing", net, "A thing", chart=chart(values={"big": 2**60}))
    with pytest.raises(EmitError) as caught:
        build(fleet("dev", (net,), (thing,)), {})
    assert str(caught.value) == (
        "values/core/net/thing.yaml:4:3: chart.values of 'thing': big: 1152921504606846976 is beyond 2^53,"
        " where Helm no longer reads whole numbers exactly; quote it"
    )
