"""Findings, whole."""

from dataclasses import replace

from generator.argocd import Rendered, check
from generator.finding import format_finding
from tests.argocd.fleets import chart, domain, fleet, service, small


def messages(found: object) -> list[str]:
    assert isinstance(found, tuple)
    return [format_finding(one) for one in found]


def test_the_small_fleet_has_no_finding() -> None:
    assert check(*small()) == ()


def test_names_that_two_applications_would_have() -> None:
    net = domain("net", "core", "Network")
    names = ("net", "root", "a" * 54)
    services = tuple(service(name, net, "A thing", chart=chart()) for name in names)
    plain = service("namespaces", net, "No chart, so no Application")
    assert messages(check(fleet("dev", (net,), (*services, plain)), {})) == [
        f"values/core/net/{'a' * 54}.yaml:1:1: error: {'a' * 54!r} has 54 letters, the name of a Helm release has at"
        " most 53 [argocd/application-name]\n  fix: shorten the name of the service",
        "values/core/net/net.yaml:1:1: error: 'net' is an upstream chart and the name of a domain: two Applications of"
        " one name [argocd/application-name]\n  also: values/core/net/domain.yaml:1:1\n"
        "  fix: rename the service or the domain",
        "values/core/net/root.yaml:1:1: error: 'root' is an upstream chart with a name that Chartroom keeps for itself"
        " [argocd/application-name]\n  fix: choose another name than default, guardrails, namespaces, root,"
        " shared-config",
    ]


def test_more_objects_than_one_application_carries() -> None:
    media = domain("media", "apps", "Media")
    one = fleet("dev", (media,), (service("plex", media, "Media server"),))
    assert check(one, {"media": Rendered(objects=2_500)}) == ()
    assert messages(check(one, {"media": Rendered(objects=2_501), "shared-config": Rendered(objects=9_000)})) == [
        "values/apps/media/domain.yaml:1:1: error: domain 'media' has 2,501 objects in dev, one Application carries at"
        " most 2,500 [argocd/too-many-objects]\n  fix: make a domain of its own for one of its categories",
        "values/site.yaml:1:1: error: shared-config has 9,000 objects in dev, one Application carries at most 2,500"
        " [argocd/too-many-objects]\n  fix: shorten the site file",
    ]


def test_more_guard_rails_than_one_application_carries() -> None:
    whole, rendered = small()
    pair = whole.nfs[0]
    many = replace(whole, nfs=tuple(replace(pair, name=f"pair-{number:04}") for number in range(2_500)))
    assert messages(check(many, rendered)) == [
        "values/environments/prod.yaml:1:1: error: Application 'namespaces' has 2,506 objects in prod, one Application"
        " carries at most 2,500 [argocd/too-many-objects]\n  fix: let services share namespaces and NFS volumes"
    ]
