"""Two holds on one thing: found in the table of claims, within and across environments."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from generator.finding import Finding
from generator.fleet.free import Offer
from generator.fleet.model import Claim
from generator.fleet.standing import NOBODY, Standing, stood

_WORDS = {
    "address": "address",
    "vlan": "VLAN",
    "network": "network",
    "mac": "MAC",
    "vm-id": "VM id",
    "host": "host name",
    "host-port": "host port",
    "service": "Service name",
    "zone": "zone",
    "api": "API server address",
    "valkey-database": "Valkey database",
}
_OF_ENVIRONMENT = frozenset({"zone", "api"})
# What a finding prints of several claims that are one fault: who, whose, and where.
_Pair = tuple[Claim, Claim]


def collisions(
    claims: Iterable[Claim], offer: Callable[[Claim], Offer | None], standing: Standing = NOBODY
) -> Iterator[Finding]:
    """Yield one finding per holder that claims what another one holds already.

    `offer` says what is free instead. Whoever is in `standing` was there before, and the other one gives
    way; where that says nothing, the order of the claims does. Routes are left to the host that they begin with.
    """
    listed = [claim for claim in claims if claim.kind != "route"]
    found = _pairs(listed, NOBODY)
    if found and standing:
        found = _pairs(sorted(listed, key=lambda claim: not stood(claim, standing)), standing)
    for pairs in found:
        instead = offer(pairs[0][0])
        if instead is not None:
            yield _collision(pairs, instead, standing)


def _pairs(claims: list[Claim], standing: Standing) -> list[list[_Pair]]:
    """Claims with whoever holds the same already, grouped by what is one fault. The first claim holds."""
    taken = _first_at(claims, "address", lambda claim: claim.key)
    balanced = _first_at(claims, "load-balancer", lambda claim: claim.details["address"])
    held: dict[tuple[str, ...], Claim] = {}
    found: dict[tuple[object, ...], list[_Pair]] = {}
    for claim in claims:
        key = (claim.kind, claim.key) if claim.scope == "site" else (claim.kind, claim.key, claim.environment)
        holder = held.setdefault(key, claim)
        if holder is claim:
            holder = _of_the_other_kind(claim, taken, balanced, standing)
        if holder is not claim and not _same(claim, holder):
            one = (claim.kind, claim.place, claim.holder, claim.environment, holder.place, holder.holder)
            found.setdefault(one, []).append((claim, holder))
    return list(found.values())


def _first_at(claims: Iterable[Claim], kind: str, address: Callable[[Claim], str]) -> dict[str, Claim]:
    first: dict[str, Claim] = {}
    for claim in claims:
        if claim.kind == kind:
            first.setdefault(address(claim), claim)
    return first


def _of_the_other_kind(
    claim: Claim, taken: Mapping[str, Claim], balanced: Mapping[str, Claim], standing: Standing
) -> Claim:
    """Who holds the address of a load balancer as a machine, or the other way round; the claim itself if nobody."""
    if claim.kind == "load-balancer":
        machine = taken.get(claim.details["address"], claim)
        return claim if stood(claim, standing) and not stood(machine, standing) else machine
    balancer = balanced.get(claim.key, claim) if claim.kind == "address" else claim
    return balancer if stood(balancer, standing) and not stood(claim, standing) else claim


def _same(claim: Claim, holder: Claim) -> bool:
    """Whether both are one declaration that environments inherit, or one fault that is told already."""
    across = claim.environment != holder.environment
    if not across:
        return claim.holder == holder.holder and (claim.place == holder.place or claim.kind == "load-balancer")
    if claim.kind == "host":
        # Hosts without a dot lie in a zone, and two environments with one zone are a finding of their own.
        inherited = claim.holder == holder.holder and claim.holder.startswith(("address ", "host "))
        zoned = all("." not in item.details.get("stated", ".") for item in (claim, holder))
        return inherited or zoned
    if claim.kind == "address" and all(item.holder.startswith("API server of ") for item in (claim, holder)):
        return True  # told as the API server's
    inherited = claim.place == holder.place and claim.holder == holder.holder
    return inherited and claim.kind in ("network", "vlan", "address")


def _collision(pairs: list[_Pair], offer: Offer, standing: Standing) -> Finding:
    claim, holder = pairs[0]
    across = holder.environment != claim.environment and claim.kind not in _OF_ENVIRONMENT
    where = f" in {holder.environment!r}" if across else ""
    what = _what([claim for claim, _ in pairs])
    held = "already held by" if stood(holder, standing) and not stood(claim, standing) else "held by"
    message = f"{claim.holder!r} claims {what}, {held} {holder.holder!r}{where} at {holder.place}"
    fix = offer.fix or f"choose another {_WORDS[claim.kind]}"
    if claim.kind in _OF_ENVIRONMENT:
        fix = f"give {claim.environment!r} its own under `site` of values/environments/{claim.environment}.yaml"
    if claim.kind == "host" and claim.place == holder.place:
        fix = "write it without a dot: then it lies in the zone of each environment"
    rule = f"claim/{claim.kind}"
    return Finding(
        claim.place, rule, message, fix, also=(holder.place,), replacement=offer.replacement, insertion=offer.insertion
    )


def _what(claims: list[Claim]) -> str:
    first = claims[0]
    if first.kind != "load-balancer":
        return f"{_WORDS[first.kind]} {first.key}"
    ports = ", ".join(f"{claim.details['port']}/{claim.details['protocol']}" for claim in claims)
    return f"load-balancer IP {first.details['address']} port{'s' if len(claims) > 1 else ''} {ports}"
