"""NFS shares as pairs of PersistentVolume and claim, named by what they point to."""

from collections.abc import Mapping
from hashlib import sha256
from ipaddress import IPv4Address

from generator.catalogue.inventory import Inventory
from generator.catalogue.service import Component, Service, Volume
from generator.catalogue.site import Share, Site
from generator.fleet.model import PersistentNfs
from generator.fleet.names import namespace_of


def address_of(name: str, site: Site, inventory: Inventory) -> str:
    """The address of a named machine; the name itself where none has it."""
    if name in site.addresses:
        return str(site.addresses[name])
    machine = next((machine for machine in inventory.machines if machine.name == name), None)
    return str(machine.address) if machine is not None else name


def is_address(text: str) -> bool:
    """Whether the text is an IPv4 address."""
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def identity(server: str, share: Share, *, read_only: bool) -> str:
    """Six hex digits of what a volume may never change: a moved share is a new pair (architecture.md 27)."""
    text = "\n".join((server, share.path, *share.mount_options, *(["read-only"] if read_only else [])))
    return sha256(text.encode()).hexdigest()[:6]


def _is_only_read(component: Component, volume: Volume) -> bool:
    """Whether no container of the pod writes: a volume that is read-only itself would stop each of them."""
    mounts = [volume.mount] if volume.mount else []
    for container in component.init_containers.values():
        mounts += [mount for mount in container.mounts if mount.volume == volume.name]
    return bool(mounts) and all(mount.read_only for mount in mounts)


def nfs_pairs(services: Mapping[str, Service], site: Site, inventory: Inventory) -> tuple[PersistentNfs, ...]:
    """One pair per component and share that it mounts."""
    pairs = []
    for service in services.values():
        namespace = namespace_of(service)
        for component in service.components.values():
            for volume in component.volumes.values():
                share = site.shares.get(volume.share or "")
                if share is None:
                    continue
                server = address_of(share.server, site, inventory)
                read_only = _is_only_read(component, volume)
                claim = f"{component.workload}-{volume.name}-{identity(server, share, read_only=read_only)}"
                pairs.append(
                    PersistentNfs(
                        name=f"{namespace}-{claim}",
                        claim=claim,
                        namespace=namespace,
                        service=service.name,
                        share=share.name,
                        server=server,
                        path=share.path,
                        size=share.size,
                        mount_options=share.mount_options,
                        read_only=read_only,
                        place=volume.place,
                    )
                )
    return tuple(sorted(pairs, key=lambda pair: pair.name))
