"""What will not fit is told before anything is made."""

from dataclasses import replace

from provision.plan.build import plan
from provision.plan.wanted import Wanted
from provision.proxmox.observed import Storage
from tests.provision.apply.varied import shipped
from tests.provision.plan.small_model import Model, empty


def short(name: str, host: str, free_gib: int) -> list[str]:
    """Plan prod where one storage has so much left, and return the warnings about room."""
    wanted = Wanted(shipped("prod"))
    seen = empty(wanted.inventory)

    def left(storage: Storage) -> Storage:
        is_it = storage.name == name and host in ("", storage.host)
        return replace(storage, free_bytes=free_gib * 2**30) if is_it else storage

    seen = replace(seen, site=replace(seen.site, storages=tuple(left(storage) for storage in seen.site.storages)))
    return [warning for warning in plan(wanted, seen).warnings if " left, " in warning]


def test_storage_with_less_than_the_new_disks_take_is_told_by_host() -> None:
    # Two nodes of 100 and 1,024 GiB on pve-1, one more worker and the database; pve-2 holds the copy of the database.
    assert short("fast", "pve-1", 100) == ["storage 'fast' of 'pve-1' has 100 GiB left, new disks there take 2388 GiB"]
    assert short("fast", "pve-2", 1443) == [
        "storage 'fast' of 'pve-2' has 1443 GiB left, new disks there take 1444 GiB"
    ]
    assert short("fast", "pve-2", 1444) == []


def test_what_is_there_already_takes_no_more_room() -> None:
    wanted = Wanted(shipped("prod"))
    model = Model(empty(wanted.inventory))
    model.carry_out(wanted, plan(wanted, model.seen))
    seen = model.seen
    none = tuple(replace(storage, free_bytes=0) for storage in seen.site.storages)
    assert not any(
        " left, " in text for text in plan(wanted, replace(seen, site=replace(seen.site, storages=none))).warnings
    )
