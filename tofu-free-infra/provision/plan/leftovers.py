"""Files of ours that no machine wants any more: Talos images of versions that are gone, seeds of VMs that are.

Ours by their names, which nobody else gives. What another environment of the repository wants stays, and so does every
image that the inventory names by URL: whose that is, its name does not tell.
"""

import re
from collections.abc import Iterator

from provision.machineconfig import schematic

from .seen import Seen
from .step import Kind, Mark, Step
from .wanted import Wanted, talos_file

_TALOS = re.compile(r"talos-v\d+\.\d+\.\d+-[0-9a-f]{12}\.qcow2")
_SEED = re.compile(r"seed-(?P<name>.+)-[0-9a-f]{16}\.iso")


def leftovers(wanted: Wanted, seen: Seen) -> tuple[tuple[str, str], ...]:
    """Return (host, volume) of each, with an empty host on a shared storage."""
    if seen.site.silent:
        return ()  # a VM of a host that does not answer may still have its seed
    kept = {image.volume for machine in wanted.virtual.values() if (image := wanted.image_of(machine))}
    kept |= {volume for name in wanted.virtual if (volume := wanted.seed_volume(name)) is not None}
    attached = " ".join(text for vm in seen.site.vms.values() for text in vm.options.values())
    others = wanted.inventory.others.values()
    theirs = {talos_file(other.talos_version, schematic.schematic_id(other.schematic)) for other in others}
    names = {name for other in others for name in other.vms}
    found = []
    for host, volume in sorted(seen.volumes):
        file = volume.rpartition("/")[2]
        seed = _SEED.fullmatch(file)
        is_ours = seed["name"] not in names if seed else _TALOS.fullmatch(file) is not None and file not in theirs
        if is_ours and volume not in kept and volume not in attached:
            found.append((host, volume))
    return tuple(found)


def tidying(wanted: Wanted, seen: Seen) -> Iterator[Step]:
    """Return the steps that remove them."""
    for host, volume in leftovers(wanted, seen):
        where = host or next(name for name in wanted.inventory.hosts if name in seen.site.hosts)
        turn = f"{host}/{wanted.image_storage}" if host else wanted.image_storage
        file = volume.rpartition("/")[2]
        yield Step(Kind.DROP_FILE, file, Mark.DESTROY, argument=host, host=where, storages=(turn,))
