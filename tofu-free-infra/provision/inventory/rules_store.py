"""A secret store that holds a cluster's keys or the token of Proxmox: one that we can ask, and not in that cluster."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from generator.finding import Place

from .model import Inventory
from .read import Notes

KINDS = ("infisical", "vault")
_ITEM = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/[A-Za-z0-9_.-]+")


def check_store(inventory: Inventory, notes: Notes) -> None:
    """Judge what the inventory keeps in the secret store."""
    used = list(_used(inventory))
    if not used:
        return
    store = inventory.site.store
    for what, name, place in used:
        if what != "the cluster's keys" and _ITEM.fullmatch(name) is None:
            message = f"{what} is in the secret store as {name!r}, OWNER/KEY is expected"
            notes.error(place, "secret-store", message, "write the item, a slash, and the key in it")
    what, _, place = used[0]
    if store.kind not in KINDS:
        found = f"is of kind {store.kind!r}" if store.kind else "names no provider"
        message = f"{what} is in the secret store, and the site's `secret_store` {found}"
        notes.error(
            place, "secret-store", message, f"use one of: {', '.join(KINDS)}; or keep it in {{file}} or {{env}}"
        )
    elif not store.url.startswith("https://") or not store.host:
        message = f"{what} is in the secret store at {store.url!r}, https:// is expected"
        notes.error(place, "secret-store", message, "correct the site's `secret_store`")
    elif (standing := where_it_stands(inventory, store.host)) is not None:
        message = f"{what} is in the secret store at {store.host!r}, which {standing}"
        fix = "keep it in {file} or {env}, or in a store on another machine: this one waits for what it holds"
        notes.error(place, "secret-store", message, fix)


def _used(inventory: Inventory) -> Iterator[tuple[str, str, Place]]:
    if inventory.secrets.store is not None:
        yield "the cluster's keys", inventory.secrets.store, inventory.places["secrets"]
    identity, token = inventory.secrets.identity, inventory.proxmox.token_secret
    if identity is not None and identity.kind == "store":
        yield "the age identity of the cluster's keys", identity.name, inventory.places["secrets"]
    if token.kind == "store":
        yield "the token of Proxmox", token.name, inventory.places["token"]


def where_it_stands(inventory: Inventory, host: str) -> str | None:
    """Return what is against a store at this host or address: it is made with what the store holds. None: nothing."""
    site = inventory.site
    if host.endswith((".svc", f".svc.{site.cluster_domain}")):
        return "is a Service of this cluster"
    address = inventory.address_of(host.removesuffix(f".{site.zone}"))
    try:
        address = address or IPv4Address(host)
    except ValueError:
        return None
    if address == site.api:
        return "is the API address of this cluster"
    for machine in inventory.machines:
        if address == machine.address:
            return f"is {machine.name!r}, a machine of this inventory"
    for pool in site.pools.values():
        if pool.first <= address <= pool.last:
            return f"is an address of pool {pool.name!r}, so it stands in this cluster"
    inside = address in site.pods or address in site.services
    return "is an address of this cluster's pods or Services" if inside else None
