"""The least rights: as data, granted, tested, and enough for every operation."""

import dataclasses

import pytest

from provision.proxmox import Api, Secret, observe, pools, rights, tokens, validate
from provision.proxmox.errors import AnswerLostError, PermissionMissingError, PresentError
from provision.proxmox.observed import Bridge, Host, Observed, PciMapping, Storage
from provision.proxmox.rights import ALWAYS, Feature, Scope
from provision.proxmox.validate import MissingRight, SiteFault, SiteWant, StorageWant, missing_rights, site_faults
from tests.provision.proxmox.site import FULL_SCOPE, TOKEN, token_api
from tests.simulators.proxmox import RunningProxmox

SMALL = dataclasses.replace(FULL_SCOPE, hosts=frozenset({"pve-1"}), features=ALWAYS)


def test_grants_are_the_least_for_the_features_in_use() -> None:
    scope = dataclasses.replace(SMALL, bridges=frozenset({("vmbr0", 10), ("vmbr1", None)}))
    assert [(grant.path, grant.role, grant.propagate) for grant in rights.grants(scope, "chartroom-prod")] == [
        ("/nodes/pve-1", "chartroom-prod-hosts", False),
        ("/pool", "chartroom-prod-lock", True),
        ("/pool/prod", "chartroom-prod-vms", False),
        ("/sdn/zones/localnetwork/vmbr0/10", "chartroom-prod-network", False),
        ("/sdn/zones/localnetwork/vmbr1", "chartroom-prod-network", False),
        ("/storage/fast", "chartroom-prod-disks", False),
        ("/storage/images", "chartroom-prod-images", False),
    ]
    by_path = {grant.path: grant.privileges for grant in rights.grants(scope, "x")}
    assert by_path["/nodes/pve-1"] == ("Sys.AccessNetwork", "Sys.Audit")
    assert by_path["/pool"] == ("Pool.Allocate", "Pool.Audit")
    assert by_path["/storage/images"] == ("Datastore.AllocateTemplate", "Datastore.Audit")


def test_the_root_is_asked_for_only_by_the_features_that_need_it() -> None:
    for feature, privileges in {
        Feature.ORDER: ("Sys.Modify",),
        Feature.BACKUP: ("Sys.Audit", "Sys.Modify"),
        Feature.HA: ("Sys.Audit", "Sys.Console"),
        Feature.FIREWALL: ("Sys.Audit",),
    }.items():
        scope = dataclasses.replace(SMALL, features=ALWAYS | {feature})
        root = {grant.path: grant.privileges for grant in rights.grants(scope, "x")}.get("/")
        assert root == privileges, feature
    assert "/" not in {grant.path for grant in rights.grants(SMALL, "x")}


def test_one_storage_for_disks_and_images_has_one_role() -> None:
    scope = dataclasses.replace(SMALL, image_storages=frozenset({"fast"}))
    grant = next(grant for grant in rights.grants(scope, "x") if grant.path == "/storage/fast")
    assert grant.role == "x-disks-images"
    assert grant.privileges == ("Datastore.AllocateSpace", "Datastore.AllocateTemplate", "Datastore.Audit")


def test_the_made_token_lacks_nothing_and_has_nothing_else(api: Api, proxmox: RunningProxmox) -> None:
    assert missing_rights(api, FULL_SCOPE) == ()
    held = api.get("access/permissions", "read rights")
    granted = {grant.path: set(grant.privileges) for grant in rights.grants(FULL_SCOPE, "x")}
    assert {path: set(privileges) for path, privileges in held.items()} == granted


def test_each_right_is_missed_when_it_is_taken_away(api: Api, proxmox: RunningProxmox) -> None:
    def lacking(role: str, privilege: str) -> list[str]:
        proxmox.run(lambda engine: engine.site.roles[role].remove(privilege))
        found = [str(missing) for missing in missing_rights(api, FULL_SCOPE)]
        proxmox.run(lambda engine: engine.site.roles[role].append(privilege))
        return found

    assert lacking("chartroom-prod-root", "Sys.Modify") == [
        "start order: Sys.Modify missing on /",
        "backup jobs: Sys.Modify missing on /",
    ]
    assert lacking("chartroom-prod-vms", "VM.Migrate") == ["migration: VM.Migrate missing on /pool/prod"]
    assert lacking("chartroom-prod-lock", "Pool.Allocate") == ["lock: Pool.Allocate missing on /pool/prod-lock"]


def test_what_is_not_used_is_not_missed(admin: Api, proxmox: RunningProxmox) -> None:
    api = token_api(proxmox, tokens.create(admin, TOKEN, SMALL))
    assert missing_rights(api, SMALL) == ()
    used = dataclasses.replace(SMALL, features=ALWAYS | {Feature.PCI, Feature.HA})
    assert missing_rights(api, used) == (
        MissingRight(Feature.HA, "/", ("Sys.Audit", "Sys.Console")),
        MissingRight(Feature.PCI, "/mapping/pci/gpu-ollama", ("Mapping.Use",)),
    )


def test_a_token_without_its_users_rights_has_none(api: Api, proxmox: RunningProxmox) -> None:
    def take(engine: object) -> None:
        proxmox.site.acl = [row for row in proxmox.site.acl if "!" in row.who]

    proxmox.run(take)
    assert {missing.feature for missing in missing_rights(api, FULL_SCOPE)} == set(Feature)


def test_the_token_is_made_once_and_anew_on_demand(admin: Api, proxmox: RunningProxmox) -> None:
    first = tokens.create(admin, TOKEN, FULL_SCOPE)
    assert first == Secret(proxmox.site.users["chartroom@pve"].tokens["prod"].secret)
    with pytest.raises(PresentError) as caught:
        tokens.create(admin, TOKEN, FULL_SCOPE)
    assert str(caught.value) == (
        "create token chartroom@pve!prod: it exists, and its secret cannot be read again\n"
        "  fix: use the secret that was printed, or run again with --rotate to replace it"
    )
    second = tokens.create(admin, TOKEN, FULL_SCOPE, rotate=True)
    assert second != first
    assert missing_rights(token_api(proxmox, second), FULL_SCOPE) == ()
    other = tokens.create(admin, "chartroom@pve!staging", SMALL)
    assert other != second


def test_a_token_whose_answer_was_lost_is_made_anew(admin: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("cut-after", match="POST .*/token/")
    with pytest.raises(AnswerLostError) as caught:
        tokens.create(admin, TOKEN, FULL_SCOPE)
    assert str(caught.value) == (
        "create token chartroom@pve!prod: the answer with its secret was lost\n"
        "  fix: run again with --rotate: that makes it anew"
    )
    secret = tokens.create(admin, TOKEN, FULL_SCOPE, rotate=True)
    assert missing_rights(token_api(proxmox, secret), FULL_SCOPE) == ()


def test_only_an_administrator_makes_tokens(api: Api) -> None:
    with pytest.raises(PermissionMissingError, match=r"lacks Sys.Modify on /access"):
        tokens.create(api, "chartroom@pve!other", SMALL)


def test_the_lock_outlives_its_own_pool_but_the_environments_pool_takes_its_rights_along(
    api: Api, proxmox: RunningProxmox
) -> None:
    for _ in range(2):
        pools.ensure(api, "prod-lock")
        pools.delete(api, "prod-lock")
    pools.ensure(api, "prod")
    pools.delete(api, "prod")
    lacking = {missing.feature for missing in missing_rights(api, FULL_SCOPE)}
    assert Feature.VMS in lacking
    assert Feature.LOCK not in lacking


WANT = SiteWant(
    hosts=frozenset({"pve-1", "pve-3"}),
    storages=(
        StorageWant("fast", "zfs", frozenset({"images"}), frozenset({"pve-1", "pve-3"})),
        StorageWant("images", "nfs", frozenset({"import", "iso"}), frozenset({"pve-1"})),
    ),
    bridges=frozenset({("pve-1", "vmbr0", True)}),
    mappings=frozenset({("pve-3", "gpu-ollama")}),
)


def test_a_site_as_the_inventory_says_has_no_faults(api: Api) -> None:
    assert site_faults(WANT, observe.site(api, range(0))) == ()


def test_every_fault_of_a_site_is_said() -> None:
    there = Observed(
        hosts={name: Host(name, name != "pve-4", 16, 1024) for name in ("pve-1", "pve-2", "pve-4")},
        storages=(
            Storage("fast", "pve-1", "lvmthin", frozenset({"rootdir"}), False, False, 1, 1),
            Storage("images", "pve-1", "nfs", frozenset({"import", "iso"}), True, True, 1, 1),
        ),
        bridges=(Bridge("vmbr0", "pve-1", False),),
        mappings=(PciMapping("gpu", frozenset({"pve-1"}), {"pve-1": ("device gone",)}),),
        silent=frozenset({"pve-4"}),
    )
    want = SiteWant(
        hosts=frozenset({"pve-1", "pve-3", "pve-4"}),
        storages=(
            StorageWant("fast", "zfs", frozenset({"images", "rootdir"}), frozenset({"pve-1", "pve-3", "pve-4"})),
            StorageWant("backups", "pbs", frozenset({"backup"}), frozenset({"pve-1"})),
            StorageWant("images", "nfs", frozenset({"import"}), frozenset({"pve-1"})),
        ),
        bridges=frozenset({("pve-1", "vmbr0", True), ("pve-1", "vmbr9", False), ("pve-4", "vmbr0", True)}),
        mappings=frozenset({("pve-1", "gpu"), ("pve-2", "gpu"), ("pve-1", "tpu")}),
    )
    assert site_faults(want, there) == (
        SiteFault("host 'pve-3' is not in this Proxmox cluster, which has: pve-1, pve-2, pve-4", "correct `hosts`"),
        SiteFault("host 'pve-4' is offline", "bring it back; nothing on it can be read or made"),
        SiteFault("storage 'fast' on 'pve-1' is 'lvmthin', the inventory says 'zfs'", "correct `storages.fast.kind`"),
        SiteFault(
            "storage 'fast' on 'pve-1' does not take content 'images'",
            "allow it in Proxmox: Datacenter, Storage, Content",
        ),
        SiteFault("storage 'fast' on 'pve-1' is not active", "see why in Proxmox"),
        SiteFault(
            "storage 'backups' is not on host 'pve-1', or this token may not see it",
            "add it there in Proxmox, or take the host out of its `hosts`",
        ),
        SiteFault(
            "bridge 'vmbr0' of host 'pve-1' does not know VLANs, but networks with a VLAN use it",
            "tick `VLAN aware` for it in Proxmox: host, System, Network",
        ),
        SiteFault("host 'pve-1' has no bridge 'vmbr9'", "make it there, or correct `hosts.pve-1.bridges`"),
        SiteFault("PCI mapping 'gpu' on host 'pve-1': device gone", "correct the mapping in Proxmox"),
        SiteFault(
            "PCI mapping 'tpu' does not exist, or this token may not use it",
            "make it in Proxmox: Datacenter, Resource Mappings",
        ),
        SiteFault("PCI mapping 'gpu' has no device on host 'pve-2'", "add the host's device to it"),
    )


def test_a_mapping_whose_device_is_another_one_is_seen(api: Api, proxmox: RunningProxmox) -> None:
    proxmox.run(lambda engine: engine.site.nodes["pve-3"].pci.clear())
    faults = site_faults(WANT, observe.site(api, range(0)))
    assert [fault.what for fault in faults] == [
        "PCI mapping 'gpu-ollama' on host 'pve-3': PCI device '0000:01:00.0' not found or other than '0x10de:0x2684'"
    ]


def test_every_feature_has_a_row() -> None:
    assert {row.feature for row in rights.TABLE} == set(Feature)
    assert all(row.source for row in rights.TABLE)
    assert set(validate.KINDS) == {"zfs", "nfs", "pbs", "dir", "lvmthin"}
    assert isinstance(FULL_SCOPE, Scope)
