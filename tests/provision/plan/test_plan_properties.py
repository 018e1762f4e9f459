"""Whatever is and whatever shall be: the plan leads there, in an order that harms nobody, also after a break."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provision.inventory import Inventory
from provision.inventory.model import GIB
from provision.plan.build import plan
from provision.plan.destroy import plan_destroy
from provision.plan.step import Kind
from provision.plan.upgrade import plan_upgrade
from provision.plan.wanted import Wanted
from tests.provision.apply.varied import changed, cluster_of, shipped, talos, without
from tests.provision.plan.small_model import Model, empty

_SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
PROD = shipped("prod")


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    """Draw an inventory: one to three control planes, some workers, some of prod's plain VMs, all varied."""
    found = cluster_of(draw(st.sampled_from([1, 3])), draw(st.integers(1, 4)))
    for name in list(found.nodes):
        found = changed(
            found, name, cores=draw(st.sampled_from([4, 6])), memory_bytes=draw(st.sampled_from([8, 12])) * GIB
        )
        if name.startswith("w-"):
            disks = found.nodes[name].disks
            size = draw(st.sampled_from([20, 30])) * GIB
            found = changed(found, name, disks={**disks, "longhorn": replace(disks["longhorn"], size_bytes=size)})
    if draw(st.booleans()):
        found = _renamed(found, draw(st.sampled_from([name for name in found.nodes if name != "cp-1"])))
    vms = draw(st.sets(st.sampled_from(list(PROD.vms))))
    left = without(PROD, *(set(PROD.vms) - vms))
    moved = {
        name: replace(vm, vm_id=150 + n, protection=False, network="cluster", tags=(draw(st.sampled_from(["a", "b"])),))
        for n, (name, vm) in enumerate(PROD.vms.items())
        if name in vms
    }
    found = replace(found, vms=moved, ha_rules=left.ha_rules, backup_jobs=PROD.backup_jobs)
    if "sandbox" in moved and draw(st.booleans()):
        found = changed(found, "sandbox", host="pve-1")
    return found


def _renamed(inventory: Inventory, name: str) -> Inventory:
    """Give a node's place to another one."""
    nodes = {("x" if key == name else key): node for key, node in inventory.nodes.items()}
    return replace(inventory, nodes={**nodes, "x": replace(nodes["x"], name="x")})


def reached(model: Model, wanted: Wanted) -> bool:
    return not plan(wanted, model.seen).steps


@_SLOW
@given(before=inventories(), after=inventories(), broken=st.integers(0, 60))
def test_plan_reaches_its_end_from_anywhere(before: Inventory, after: Inventory, broken: int) -> None:
    first, second = Wanted(before), Wanted(after)
    model = Model(empty(before))
    model.carry_out(first, plan(first, model.seen))
    assert reached(model, first)
    made = plan(second, model.seen)
    if made.blockers:
        assert "etcd's only members" in made.blockers[0]
        return
    model.carry_out(second, made, broken)
    again = plan(second, model.seen)
    model.carry_out(second, again)
    rest = [step.id for step in plan(second, model.seen).steps]
    assert rest == []
    tidy = Wanted(replace(after, others={}), tidy=True)  # the names of its VMs are prod's too
    tidying = plan(tidy, model.seen)
    assert {step.kind for step in tidying.steps} <= {Kind.DROP_FILE}
    model.carry_out(tidy, tidying)
    assert not plan(tidy, model.seen)
    files = {volume.rpartition("/")[2] for _, volume in model.seen.volumes}
    assert {seed.file for seed in second.seeds.values()} <= files
    assert not any(name.startswith("seed-") for name in files - {seed.file for seed in second.seeds.values()})


@_SLOW
@given(inventory=inventories(), broken=st.integers(0, 40))
def test_destroy_leaves_nothing_of_ours(inventory: Inventory, broken: int) -> None:
    wanted = Wanted(inventory)
    model = Model(empty(inventory))
    model.carry_out(wanted, plan(wanted, model.seen))
    model.carry_out(wanted, plan_destroy(wanted, model.seen, pool=True), broken)
    model.carry_out(wanted, plan_destroy(wanted, model.seen, pool=True))
    assert model.seen.site.vms == {}
    assert (model.seen.site.ha_resources, model.seen.site.ha_rules, model.seen.site.backup_jobs) == ({}, {}, {})
    assert model.seen.site.pools == {}


@_SLOW
@given(inventory=inventories(), broken=st.integers(0, 30))
def test_upgrade_reaches_both_versions(inventory: Inventory, broken: int) -> None:
    wanted = Wanted(inventory)
    model = Model(empty(inventory))
    model.carry_out(wanted, plan(wanted, model.seen))
    newer = Wanted(replace(talos(inventory, version="v1.14.2"), kubernetes="1.37.1"))
    assert plan(newer, model.seen).steps == ()
    model.carry_out(newer, plan_upgrade(newer, model.seen), broken)
    model.carry_out(newer, plan_upgrade(newer, model.seen))
    assert plan_upgrade(newer, model.seen).steps == ()
    left = plan(newer, model.seen)
    assert (left.steps, left.deferred) == ((), ())


def test_nodes_that_are_marked_roll_one_by_one() -> None:
    inventory = cluster_of(3, 2)
    wanted = Wanted(inventory)
    model = Model(empty(inventory))
    model.carry_out(wanted, plan(wanted, model.seen))
    for vm_id, vm in model.seen.site.vms.items():
        marked = replace(vm, options={**vm.options, "tags": f"{vm.options['tags']};chartroom-replace"})
        model.site(vms={**model.seen.site.vms, vm_id: marked})
    made = plan(wanted, model.seen)
    order = [step.subject for step in made.steps if step.kind in (Kind.VM_DELETE, Kind.JOIN)]
    assert order == [name for name in ("w-1", "w-2", "cp-1", "cp-2", "cp-3") for _ in range(2)]
    model.carry_out(wanted, made)
    assert reached(model, wanted)
