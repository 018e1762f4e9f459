"""The site's part: networks, addresses, pools, Kubernetes' ranges."""

from ipaddress import IPv4Address

from generator.source import Map

from .model import Network, Pool, SecretStore, Site
from .read import Notes, Record


def build_site(tree: Map, notes: Notes) -> Site:
    """Build what provisioning reads of the site."""
    record = Record(tree, "the site", notes)
    record.need("zone", "timezone", "kubernetes", "networks")
    kubernetes = record.record("kubernetes", "the site's 'kubernetes'")
    kubernetes.need("version", "api", "pods", "services")
    site = Site(
        zone=record.text("zone"),
        timezone=record.text("timezone"),
        kubernetes=kubernetes.text("version", pattern=r"1\.[0-9]+", expected='a minor in quotes such as "1.36"'),
        cluster_domain=kubernetes.text("cluster_domain", "cluster.local"),
        api=kubernetes.address("api"),
        pods=kubernetes.subnet("pods"),
        services=kubernetes.subnet("services"),
        networks=record.each("networks", "network", _network),
        addresses=_addresses(record),
        pools=record.each("address_pools", "pool", _pool),
        store=_store(record.record("secret_store", "the site's 'secret_store'")),
        devices=tuple(record.record("devices").tree),
        place=tree.place,
    )
    kubernetes.close()
    record.close()
    return site


def _network(name: str, record: Record) -> Network | None:
    if not record.need("subnet", "router"):
        return None
    router = record.address("router")
    dns = record.address("dns") if "dns" in record else router
    return Network(
        name, record.maybe_number("vlan"), record.subnet("subnet"), router, dns, record.span("dhcp"), record.tree.place
    )


def _addresses(record: Record) -> dict[str, IPv4Address]:
    found = {}
    outer = record.record("addresses")
    for name, value in outer.tree.items():
        try:
            found[name] = IPv4Address(str(value))
        except ValueError:
            outer.wrong(name, "an IPv4 address")
    return found


def _pool(name: str, record: Record) -> Pool | None:
    span = record.span("range")
    return None if span is None else Pool(name, record.text("network", "cluster"), *span)


def _store(record: Record) -> SecretStore:
    """Read of the secret store what a client of ours needs; the rest is External Secrets' and the generator's."""
    provider = record.record("provider")
    infisical, vault = provider.record("infisical"), provider.record("vault")
    scope = infisical.record("secretsScope")
    kind = next(iter(provider.tree), "")
    url = infisical.text("hostAPI", "https://app.infisical.com") if kind == "infisical" else vault.text("server")
    if vault.text("version", "v2") != "v2":
        kind = "vault of another version than v2"
    return SecretStore(
        kind=kind,
        url=url,
        project=scope.text("projectSlug"),
        environment=scope.text("environmentSlug"),
        mount=vault.text("path", "secret"),
        place=record.tree.place,
    )
