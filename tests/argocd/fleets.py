"""A small fleet by hand: one of everything that this package tells apart.

`python -m tests.argocd.fleets` writes expected/ again; read the difference before keeping it.
"""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from generator.argocd import Rendered, build, survey
from generator.catalogue.inventory import Inventory
from generator.catalogue.service import Chart, ChartPod, Json, Service
from generator.catalogue.site import (
    ArgoCd,
    Backends,
    Budget,
    Domain,
    Environment,
    Kubernetes,
    Monitoring,
    SecretStore,
    Site,
)
from generator.finding import Place
from generator.fleet.model import Fleet, Namespace, PersistentNfs
from generator.source import Map

SITE = Place("values/site.yaml")
EXPECTED = Path(__file__).parent / "expected"


def site() -> Site:
    tree = Map(SITE)
    return Site(
        tree=tree,
        default_environment="prod",
        zone="home.example.net",
        timezone="Europe/Berlin",
        kubernetes=Kubernetes(
            "1.36",
            "cluster.local",
            IPv4Address("10.0.10.10"),
            IPv4Network("10.244.0.0/16"),
            IPv4Network("10.96.0.0/12"),
            SITE,
        ),
        backends=Backends("gateway-api", "kubernetes", "metallb", "external-secrets", "velero"),
        registries=("docker.io",),
        networks={},
        addresses={},
        address_pools={},
        devices={},
        default_class="longhorn",
        classes={},
        shares={},
        destinations={},
        tiers={},
        gateways={},
        issuers={},
        secret_store=SecretStore("ClusterSecretStore", "infisical", "1h", (), {}, SITE),
        providers={},
        monitoring=Monitoring("kube-prometheus-stack", "60s"),
        priority_classes={},
        argocd=ArgoCd("https://git.example.net/home/fleet.git", "refs/heads/env/prod"),
    )


def domain(name: str, tier: str, summary: str) -> Domain:
    place = Place(f"values/{tier}/{name}/domain.yaml")
    return Domain(name, tier, summary, "alex", ("all",), Budget(), place, Map(place))


def service(name: str, of: Domain, summary: str, *, chart: Chart | None = None, docs: str | None = None) -> Service:
    path = f"values/{of.tier}/{of.name}/{name}.yaml"
    place = Place(path)
    form = "workload" if chart is None else "chart"
    return Service(
        name=name,
        domain=of.name,
        tier=of.tier,
        path=path,
        place=place,
        tree=Map(place),
        form=form,  # type: ignore[arg-type]  # one of two words of its Literal
        summary=summary,
        category="all",
        docs=docs,
        chart=chart,
    )


def chart(name: str | None = "thing", *, values: Json | None = None, kinds: tuple[str, ...] = ()) -> Chart:
    place = Place("values/core/net/thing.yaml", 4, 3)
    pod = ChartPod("main", "Deployment", 1, None, {}, False, (), place)
    return Chart(name, "https://charts.example.net", "1.2.3", values or {}, {"main": pod}, kinds, place)


def fleet(environment: str, domains: tuple[Domain, ...], services: tuple[Service, ...]) -> Fleet:
    """A fleet in which every service lives in its domain's namespace, a chart in its own."""
    place = Place(f"values/environments/{environment}.yaml")
    namespaces: dict[str, Namespace] = {}
    for one in services:
        name = one.name if one.chart is not None else one.domain
        known = Namespace(name, one.domain, "restricted", one.place, upstream=one.chart is not None)
        namespaces.setdefault(name, known)
    return Fleet(
        environment=Environment(environment, "What the house runs on", place, Map(place)),
        site=site(),
        inventory=Inventory(environment, place, None, {}, {}, {}, {}),
        domains={one.name: one for one in domains},
        services={one.name: one for one in services},
        off={},
        retired={},
        namespaces=namespaces,
        namespace_of={one.name: one.name if one.chart is not None else one.domain for one in services},
        edges=(),
        not_enforced=(),
        claims=(),
        order=tuple(one.name for one in services),
        steps={one.name: 0 for one in services},
        probes=(),
        nfs=(),
        databases=(),
        buckets=(),
        needs={},
        namespace_needs={},
        budgets={},
    )


def small() -> tuple[Fleet, dict[str, Rendered]]:
    """The fleet whose whole output is kept under expected/, and what its charts render."""
    net = domain("net", "core", "Network and definitions")
    media = domain("media", "apps", "Media")
    idle = domain("idle", "apps", "Nothing runs here")
    definitions = replace(
        chart(None, kinds=("apiextensions.k8s.io/CustomResourceDefinition",)),
        repository=None,
        git="https://git.example.org/gateway",
        path="config/crd",
        version="v1.6.1",
        pods={},
    )
    cni = replace(
        chart("cilium", values={"cgroup": {"autoMount": {"enabled": False}}, "text": "two\nlines\n", "drop": None}),
        repository="oci://quay.io/cilium/charts",
        kinds=("ServiceAccount", "rbac.authorization.k8s.io/ClusterRole"),
        skip_crds=True,
    )
    made = fleet(
        "prod",
        (net, media, idle),
        (
            service("cilium", net, "Pod network", chart=cni, docs="https://docs.cilium.io"),
            service("gateway-crds", net, "Definitions", chart=definitions),
            service("plex", media, "Media server", docs="https://support.plex.tv"),
            service("vpn", media, "Tunnel"),
        ),
    )
    namespaces = dict(made.namespaces)
    namespaces["kube-system"] = replace(namespaces.pop("cilium"), name="kube-system", builtin=True)
    namespaces["vpn"] = Namespace(
        "vpn",
        "media",
        "privileged",
        Place("values/apps/media/vpn.yaml", 3, 1),
        service="vpn",
        reason="NET_ADMIN of the tunnel",
        until="2027-05-31",
    )
    share = PersistentNfs(
        name="media-plex-media-0a1b2c",
        claim="plex-media-0a1b2c",
        namespace="media",
        service="plex",
        share="media",
        server="10.0.10.5",
        path="/mnt/tank/media",
        size="20Ti",
        mount_options=("nfsvers=4.1",),
        read_only=True,
        place=Place("values/apps/media/plex.yaml", 12, 3),
    )
    host = replace(share, name="kube-system-a-0a1b2c", claim="a-0a1b2c", namespace="kube-system", mount_options=())
    finished = replace(
        made,
        namespaces=namespaces,
        namespace_of={**made.namespace_of, "cilium": "kube-system", "vpn": "vpn"},
        nfs=(share, replace(host, read_only=False)),
        steps={"cilium": 1, "gateway-crds": 0, "plex": 0, "vpn": 2},
    )
    return finished, {
        "media": survey(
            [
                ("apps", "Deployment", "media", "plex"),
                ("", "Service", "media", "plex"),
                ("apps", "Deployment", "vpn", "vpn"),
                ("rbac.authorization.k8s.io", "ClusterRole", None, "chartroom-vpn"),
            ]
        ),
        "net": survey([("networking.k8s.io", "NetworkPolicy", "kube-system", "cilium")]),
        "idle": Rendered(),
        "shared-config": survey(
            [
                ("scheduling.k8s.io", "PriorityClass", None, "critical"),
                ("gateway.networking.k8s.io", "Gateway", "traefik", "lan"),
            ]
        ),
    }


def write_expected() -> None:
    for path, text in build(*small()).items():
        kept = EXPECTED / path.removeprefix("kubernetes/prod/")
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_expected()
