"""From the merged trees of site, environment and domain files to their typed model."""

from ipaddress import IPv4Address, IPv4Network

from generator.catalogue import read
from generator.catalogue.gaps import SITE
from generator.catalogue.read import Notes
from generator.catalogue.service import PodSecurity
from generator.catalogue.site import (
    AddressPool,
    AddressRange,
    ArgoCd,
    Backends,
    BackupDestination,
    Budget,
    Device,
    Domain,
    Environment,
    Gateway,
    Issuer,
    Kubernetes,
    Monitoring,
    Network,
    SecretStore,
    Share,
    Site,
    StorageClass,
    Tier,
)
from generator.finding import Place
from generator.source import Map, plain

_LEVELS: dict[str, PodSecurity] = {"baseline": "baseline", "privileged": "privileged"}


def build_site(tree: Map, notes: Notes) -> Site:
    """Build the site as one environment sees it. `tree` fits the site's shape."""
    storage, backup = tree.child("storage"), tree.child("backup")
    monitoring, argocd, backends = tree.child("monitoring"), tree.child("argocd"), tree.child("backends")
    zone = str(tree["zone"])
    return Site(
        tree=tree,
        default_environment=str(tree["default_environment"]),
        zone=zone,
        timezone=str(tree["timezone"]),
        kubernetes=_kubernetes(tree.child("kubernetes"), tree.key_place("kubernetes"), notes),
        backends=Backends(**{key: str(backends[key]) for key in Backends.__slots__}),
        registries=read.texts(tree, "registries"),
        networks=read.each(tree, "networks", lambda name, value, place: _network(name, value, place, notes)),
        addresses={name: IPv4Address(str(value)) for name, value in tree.child("addresses").items()},
        address_pools=read.each(tree, "address_pools", lambda name, value, place: _pool(name, value, place, notes)),
        devices=read.each(tree, "devices", _device),
        default_class=str(storage["default"]),
        classes=read.each(storage, "classes", lambda name, value, place: _class(name, value, place, notes)),
        shares=read.each(storage, "nfs", lambda name, value, place: _share(name, value, place, notes)),
        destinations=read.each(backup, "destinations", _destination),
        tiers=read.each(backup, "tiers", _tier),
        gateways=read.each(tree, "gateways", lambda name, value, place: _gateway(name, value, place, zone)),
        issuers=read.each(tree, "issuers", _issuer),
        secret_store=_secret_store(tree),
        providers=read.labels(tree, "providers"),
        monitoring=Monitoring(str(monitoring["scraper"]), str(monitoring["interval"]), read.text(monitoring, "prober")),
        priority_classes={
            name: value for name, value in tree.child("priority_classes").items() if isinstance(value, int)
        },
        argocd=ArgoCd(str(argocd["repoURL"]), str(argocd["targetRevision"])),
        require_digests=tree.get("require_digests") is True,
    )


def _cidr(tree: Map, key: str, notes: Notes) -> IPv4Network:
    """A range whose host bits are zero; otherwise the range that was meant, with a finding."""
    text = str(tree[key])
    network = IPv4Network(text, strict=False)
    if str(network) != text:
        message = f"range {text!r} has host bits set, the range is {network}"
        notes.error(tree.value_place(key), "catalogue/range", message, f"write {network}", replacement=str(network))
    return network


def address_range(tree: Map, key: str, notes: Notes) -> AddressRange | None:
    """`first-last`, both addresses, in this order."""
    text = str(tree[key])
    first, _, last = text.partition("-")
    place = tree.value_place(key)
    try:
        found = AddressRange(IPv4Address(first), IPv4Address(last))
    except ValueError:
        notes.error(
            place,
            "catalogue/range",
            f"range {text!r} is not two IPv4 addresses",
            "write `first-last`, such as 10.0.20.10-10.0.20.60",
        )
        return None
    if found.first > found.last:
        notes.error(
            place, "catalogue/range", f"range {text!r} ends before it begins", f"write {found.last}-{found.first}"
        )
        return None
    return found


def _kubernetes(tree: Map, place: Place, notes: Notes) -> Kubernetes:
    return Kubernetes(
        version=str(tree["version"]),
        cluster_domain=str(tree["cluster_domain"]),
        api=IPv4Address(str(tree["api"])),
        pods=_cidr(tree, "pods", notes),
        services=_cidr(tree, "services", notes),
        place=place,
    )


def _network(name: str, tree: Map, place: Place, notes: Notes) -> Network:
    dns = read.text(tree, "dns")
    return Network(
        name=name,
        vlan=read.number(tree, "vlan", 0),
        subnet=_cidr(tree, "subnet", notes),
        router=IPv4Address(str(tree["router"])),
        place=place,
        dhcp=address_range(tree, "dhcp", notes) if tree.get("dhcp") else None,
        dns=IPv4Address(dns) if dns else None,
    )


def _pool(name: str, tree: Map, place: Place, notes: Notes) -> AddressPool | None:
    found = address_range(tree, "range", notes) if "range" in tree else None
    if found is None or "network" not in tree:
        if "range" not in tree or "network" not in tree:
            message = f"address pool {name!r} lacks 'network' or 'range'"
            notes.error(place, "catalogue/missing-field", message, "state both", lacks=(SITE, "network", "range"))
        return None
    return AddressPool(
        name, str(tree["network"]), found, place, read.text(tree, "announce") or "l2", read.json_list(tree, "peers")
    )


def _device(name: str, tree: Map, place: Place) -> Device:
    return Device(
        name, str(tree["resource"]), read.text(tree, "runtimeClassName"), read.integers(tree, "supplementalGroups")
    )


def _class(name: str, tree: Map, place: Place, notes: Notes) -> StorageClass:
    return StorageClass(
        name=name,
        provisioner=str(tree["provisioner"]),
        replicas=read.number(tree, "replicas", 1),
        access_modes=read.texts(tree, "accessModes"),
        place=place,
        min_bytes=read.bytes_of(tree, "min", notes),
        max_bytes=read.bytes_of(tree, "max", notes),
        parameters=read.labels(tree, "parameters"),
        reclaim_policy=read.text(tree, "reclaimPolicy") or "Delete",
        binding_mode=read.text(tree, "volumeBindingMode") or "Immediate",
        expandable=tree.get("allowVolumeExpansion") is not False,
        made_by=read.text(tree, "made_by"),
        pool=read.text(tree, "pool"),
    )


def _share(name: str, tree: Map, place: Place, notes: Notes) -> Share:
    backup = tree.get("backup")
    tier = read.text(backup, "tier") if isinstance(backup, Map) else str(backup)
    return Share(
        name=name,
        server=str(tree["server"]),
        path=str(tree["path"]),
        size=read.canonical(tree, "size") or "",
        size_bytes=read.bytes_of(tree, "size", notes) or 0,
        groups=read.integers(tree, "supplementalGroups"),
        tier=tier or "",
        place=place,
        mount_options=read.texts(tree, "mountOptions"),
        by=plain(backup.get("by")) if isinstance(backup, Map) else None,  # type: ignore[arg-type]  # text or a mapping, by shape
    )


def _destination(name: str, tree: Map, place: Place) -> BackupDestination:
    link = tree.get("link_mbit")
    return BackupDestination(
        name=name,
        bucket=str(tree["bucket"]),
        endpoint=str(tree["endpoint"]),
        failure_domain=str(tree["failure_domain"]),
        secret=str(tree["secret"]),
        place=place,
        region=read.text(tree, "region"),
        link_mbit=link if isinstance(link, int) else None,
    )


def _tier(name: str, tree: Map, place: Place) -> Tier:
    return Tier(
        name=name,
        place=place,
        schedule=read.text(tree, "schedule"),
        keep=read.text(tree, "keep"),
        destinations=read.texts(tree, "destinations"),
        rpo_s=read.duration_s(tree, "rpo"),
        rto_s=read.duration_s(tree, "rto"),
        drill=read.text(tree, "drill"),
    )


def _gateway(name: str, tree: Map, place: Place, zone: str) -> Gateway:
    return Gateway(
        name=name,
        service=str(tree["service"]),
        class_name=str(tree["gatewayClassName"]),
        ip=IPv4Address(str(tree["ip"])),
        sources=read.texts(tree, "from"),
        zone=read.text(tree, "zone") or zone,
        place=place,
        issuer=read.text(tree, "issuer"),
        auth_required=read.text(tree, "auth") == "required",
    )


def _issuer(name: str, tree: Map, place: Place) -> Issuer:
    return Issuer(name, str(tree["server"]), str(tree["email"]), read.json(tree, "solver"), place)


def _secret_store(tree: Map) -> SecretStore:
    block = tree.child("secret_store")
    return SecretStore(
        kind=str(block["kind"]),
        name=str(block["name"]),
        refresh_interval=str(block["refreshInterval"]),
        shared=read.texts(block, "shared"),
        provider=read.json(block, "provider"),
        place=tree.key_place("secret_store"),
    )


def build_domain(name: str, tier: str, tree: Map, notes: Notes) -> Domain:
    """Build a domain from its file, with the environment's changes laid over it."""
    security = tree.child("pod_security")
    return Domain(
        name=name,
        tier=tier,
        summary=read.text(tree, "summary") or "",
        owner=read.text(tree, "owner") or "",
        categories=read.texts(tree, "categories"),
        budget=_budget(tree, notes),
        place=tree.place,
        tree=tree,
        pod_security=_LEVELS.get(read.text(security, "level") or "", "restricted"),
        pod_security_reason=read.text(security, "reason"),
        pod_security_until=read.text(security, "until"),
    )


def _budget(tree: Map, notes: Notes) -> Budget:
    block = tree.child("budget")
    requests, limits = block.child("requests"), block.child("limits")
    return Budget(
        cpu_m=read.cpu_m(requests, "cpu", notes),
        memory_bytes=read.bytes_of(requests, "memory", notes),
        memory_limit_bytes=read.bytes_of(limits, "memory", notes),
        storage_bytes=read.bytes_of(block, "storage", notes),
        raw=read.json(tree, "budget"),
        place=tree.key_place("budget"),
    )


def build_environment(name: str, tree: Map) -> Environment:
    return Environment(
        name=name,
        summary=read.text(tree, "summary") or "",
        place=tree.place,
        tree=tree,
        enabled=read.texts(tree, "enabled"),
        disabled=read.texts(tree, "disabled"),
        survives=read.text(tree, "survives"),
    )
