"""What a person and a program see of a plan, and the file between them."""

import json
from dataclasses import replace

import pytest

from provision.plan import configs
from provision.plan.build import plan
from provision.plan.destroy import plan_destroy
from provision.plan.file import PlanFileError, check, read, write
from provision.plan.firewall_rules import faults, rules
from provision.plan.seen import ClusterSeen, NodeSeen
from provision.plan.show import as_json, as_text
from provision.plan.step import Kind, Mark, Plan, PlanError, Step, in_order
from provision.plan.wanted import Wanted
from provision.proxmox.observed import Vm
from provision.talos.probe import Presence
from tests.provision.apply.varied import changed, cluster_of, node_like, shipped
from tests.provision.plan.small_model import BUNDLE, Model, empty


def made(inventory: object = None) -> tuple[Wanted, Model]:
    """Return a cluster of one and one as it is after an apply."""
    wanted = Wanted(inventory or cluster_of(1, 1))  # type: ignore[arg-type]  # an inventory, where one is given
    model = Model(empty(wanted.inventory))
    model.carry_out(wanted, plan(wanted, model.seen))
    return wanted, model


def test_plan_of_a_new_cluster_is_shown_whole() -> None:
    wanted = Wanted(cluster_of(1, 1))
    assert as_text(plan(wanted, empty(wanted.inventory)), wanted) == (
        "plan of dev: 14 steps (11 make)\n"
        "  + cp-1  control plane pve-1   2 cores   4 GiB   60 GiB 10.2.10.11    create, start, configure, join\n"
        "  + w-1   worker        pve-3   8 cores   8 GiB   80 GiB 10.2.10.16    create, start, configure, join\n"
        "  + cluster  make keys, bootstrap, api ready\n"
        "  + pool  make pool\n"
        "  + 88d1f7a5c4f1  post schematic\n"
        "  + talos-v1.13.9-88d1f7a5c4f1.qcow2  download\n"
        "  + make   . wait"
    )


def test_no_node_goes_while_the_cluster_cannot_be_asked() -> None:
    """Whoever stands outside of the firewall of Talos sees silent nodes, and must not take etcd apart for it."""
    _, model = made(cluster_of(3, 2))
    fewer = Wanted(cluster_of(1, 1))
    assert plan(fewer, model.seen).blockers == ()
    silent = {name: NodeSeen(name, node.address, Presence.SILENT) for name, node in model.seen.nodes.items()}
    blind = plan(fewer, replace(model.seen, nodes=silent, cluster=ClusterSeen()))
    assert blind.blockers == (
        "cp-2, cp-3, w-2 would go, and etcd does not answer, so nothing could be drained or taken out of etcd: "
        "see docs/operations/runbooks/lost-quorum.md",
    )
    assert "nodes that run and do not answer: cp-1, w-1; what they hold stays, apply waits for them" in blind.warnings
    known = replace(model.seen, cluster=replace(model.seen.cluster, api_ready=False, nodes={}))
    assert "and Kubernetes does not answer" in plan(fewer, known).blockers[0]
    bare = {name: NodeSeen(name, node.address, Presence.MAINTENANCE) for name, node in model.seen.nodes.items()}
    assert plan(fewer, replace(model.seen, nodes=bare, cluster=ClusterSeen())).blockers == ()


def test_changes_show_what_restarts_and_hide_secrets() -> None:
    wanted, model = made()
    bigger = Wanted(changed(wanted.inventory, "w-1", cores=12, labels={"zone": "a"}))
    text = as_text(plan(bigger, model.seen), bigger, colour=False)
    assert text == (
        "plan of dev: 3 steps (2 change, 1 restart)\n"
        "  ! w-1  worker        pve-3  12 cores   8 GiB   80 GiB 10.2.10.16    change, change config, restart\n"
        "      cores: 8 → 12 (needs a restart)\n"
        "      v1alpha1.machine.nodeLabels.zone: absent → a\n"
        "  ~ change   ! restarts the VM"
    )
    coloured = as_text(plan(bigger, model.seen), bigger, colour=True)
    assert "\x1b[35m!\x1b[0m" in coloured
    node = model.seen.nodes["cp-1"]
    assert node.config is not None
    other = node.config.replace(BUNDLE.bootstrap_token, "aaaaaa.bbbbbbbbbbbbbbbb")
    shown = configs.differences(other, configs.standing(wanted, BUNDLE, "cp-1", node))
    assert [detail.what for detail in shown] == ["v1alpha1.cluster.token"]
    assert shown[0].actual is not None
    assert shown[0].actual.startswith("…")
    assert BUNDLE.bootstrap_token not in str(shown)


def test_many_details_are_cut_and_json_has_them_all() -> None:
    wanted, model = made()
    labels = {f"label-{n}": "x" * 80 for n in range(9)}
    more = Wanted(changed(wanted.inventory, "w-1", labels=labels))
    found = plan(more, model.seen)
    lines = as_text(found, more).splitlines()
    assert lines[2] == f"      v1alpha1.machine.nodeLabels.label-0: absent → {'x' * 59}…"
    assert lines[8] == "      and 3 more: --json shows all"
    assert len(as_json(found)["steps"][0]["details"]) == 9


def test_stops_warnings_and_deferred_are_said() -> None:
    wanted, model = made()
    smaller = changed(wanted.inventory, "w-1", host="pve-1")
    disks = smaller.nodes["w-1"].disks
    shrunk = {**disks, "longhorn": replace(disks["longhorn"], size_bytes=2**30)}
    fewer = Wanted(changed(smaller, "w-1", disks=shrunk))
    vm = Vm(159, "pve-1", False, {"name": "stranger", "tags": "mine"}, "digest")
    model.put_vm(vm)
    assert as_text(plan(fewer, model.seen), fewer) == (
        "plan of dev: nothing to do\n"
        "  later: w-1: host: pve-3 → pve-1 (at replace: `provision replace NODE`)\n"
        "  later: w-1: disk longhorn size: 20G → 1G (cannot be done: a disk never shrinks; correct the inventory)\n"
        "  warning: VM 159 ('stranger' on pve-1) is in our range and not ours: it is left alone"
    )
    taken = Wanted(changed(cluster_of(1, 2), "w-2", vm_id=159))
    assert as_text(plan(taken, model.seen), taken) == (
        "plan of dev: cannot be carried out\n"
        "  stop: VM 159 of 'w-2' is taken by 'stranger' on pve-1 (tags: mine), which is not ours"
    )


def test_keys_that_are_gone_and_strangers_stop_the_plan() -> None:
    wanted, model = made()
    assert plan(wanted, replace(model.seen, bundle=None)).blockers == (
        "'cp-1' has a configuration, and the cluster's keys are not where the inventory says",
    )
    foreign = NodeSeen("cp-1", "10.2.10.11", Presence.FOREIGN)
    model.put_node(foreign)
    assert plan(wanted, model.seen).blockers == (
        "'cp-1' at 10.2.10.11 is of another cluster, or of this one made with other keys",
    )


def test_silent_hosts_and_unknown_storages_are_said() -> None:
    wanted, model = made()
    model.site(silent=frozenset({"pve-2"}))
    assert plan(wanted, model.seen).warnings == ("hosts that do not answer: pve-2; their VMs are not known",)
    model.site(storages=(), silent=frozenset())
    assert plan(wanted, model.seen).blockers[0] == (
        "storage 'fast' is not on host 'pve-1', or this token may not see it; "
        "add it there in Proxmox, or take the host out of its `hosts`"
    )


def test_lost_machine_is_forgotten_and_made_again() -> None:
    wanted, model = made(cluster_of(3, 1))
    lost = {vm_id: vm for vm_id, vm in model.seen.site.vms.items() if vm.name != "cp-2"}
    model.site(vms=lost)
    model.drop_node("cp-2")
    order = [step.id for step in plan(wanted, model.seen).steps]
    assert order.index("cp-2#None/leave etcd") < order.index("cp-2/configure") < order.index("cp-2/join")
    model.carry_out(wanted, plan(wanted, model.seen))
    assert not plan(wanted, model.seen)


def test_protected_machine_stays() -> None:
    _, model = made(changed(cluster_of(1, 2), "w-2", protection=True))
    fewer = Wanted(cluster_of(1, 1))
    found = plan(fewer, model.seen)
    assert not found.steps
    assert [(left.subject, left.what, left.by) for left in found.deferred] == [
        (
            "w-2",
            "VM 146 is protected and stays",
            "set `protection: false` in the inventory or in Proxmox, and apply again",
        )
    ]


def test_encryption_changes_at_replace() -> None:
    wanted, model = made()
    talos = replace(wanted.inventory.talos, encryption={"STATE": "nodeID", "EPHEMERAL": "nodeID"})
    found = plan(Wanted(replace(wanted.inventory, talos=talos)), model.seen)
    assert not found.steps
    assert {left.what for left in found.deferred} == {"encryption of nothing → EPHEMERAL, STATE"}


def test_firewall_of_a_vm_is_all_that_it_may_do() -> None:
    prod = shipped("prod")
    private = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
    assert [(r.direction, r.action, r.source or r.dest, r.proto, r.dport) for r in rules(prod, prod.vms["pbs"])] == [
        *(("in", "ACCEPT", f"10.0.10.2{n}", "tcp", "8007") for n in (1, 2, 3)),
        ("in", "ACCEPT", "10.0.20.0/24", "tcp", "8007"),
        ("in", "ACCEPT", "10.0.20.0/24", "tcp", "22"),
        ("out", "ACCEPT", "10.0.10.1", "udp", "53"),
        ("out", "ACCEPT", "10.0.10.1", "tcp", "53"),
        ("out", "ACCEPT", "10.0.10.5", "tcp", "2049"),
        ("out", "DROP", private, None, None),
        ("out", "ACCEPT", None, "tcp", "443"),
        ("out", "ACCEPT", None, "udp", "123"),
    ]
    sandbox = [(r.action, r.dest, r.dport) for r in rules(prod, prod.vms["sandbox"]) if r.direction == "out"]
    assert sandbox[2:] == [
        ("DROP", private, None),
        ("ACCEPT", None, "443"),
        ("ACCEPT", None, "80"),
        ("ACCEPT", None, "123"),
    ]
    talks = {"lan": ("nobody:1", "nas:x", "10.9.9.9:53/udp", "postgres-vm:postgres"), "internet": ("*:https",)}
    vm = replace(prod.vms["sandbox"], talks_to=talks)
    assert faults(prod, vm) == (
        "'sandbox' talks to 'nobody:1': 'nobody' is no network, machine or address of the site",
        "'sandbox' talks to 'nas:x': 'x' is no port",
        "'sandbox' talks to '*:https': a port such as '*:443' is expected",
    )
    assert [(r.dest, r.proto, r.dport) for r in rules(prod, vm) if r.direction == "out"][4:6] == [
        ("10.9.9.9", "udp", "53"),
        ("10.0.10.31", "tcp", "5432"),
    ]


def test_steps_that_cannot_be_ordered_are_refused() -> None:
    one = Step(Kind.VM_START, "a", Mark.CREATE, frozenset({"b/start"}))
    two = Step(Kind.VM_START, "b", Mark.CREATE, frozenset({"a/start"}))
    with pytest.raises(PlanError, match=r"steps need each other: .*a/start"):
        in_order([one, two])
    with pytest.raises(PlanError, match="steps stand twice: a/start"):
        in_order([one, replace(one, vm_id=7)])


def test_plan_file_is_only_good_for_what_it_was_made_from() -> None:
    wanted, model = made()
    bigger = Wanted(changed(wanted.inventory, "w-1", cores=12))
    found = plan(bigger, model.seen)
    text = write(found, bigger, model.seen)
    approved = read(text)
    assert approved.steps == ("w-1/change", "w-1/restart")
    assert json.loads(text)["steps"][1]["mark"] == "restart"
    check(approved, found, bigger, model.seen)
    with pytest.raises(PlanFileError, match="the inventory has changed"):
        check(approved, found, wanted, model.seen)
    with pytest.raises(PlanFileError, match="is for 'dev', not for 'prod'"):
        check(approved, Plan("prod"), bigger, model.seen)
    model.carry_out(bigger, found, 1)
    rest = plan(bigger, model.seen)
    with pytest.raises(PlanFileError, match="what is there has changed"):
        check(approved, rest, bigger, model.seen)
    check(approved, rest, bigger, model.seen, begun=True)
    more = replace(rest, steps=(*rest.steps, Step(Kind.VM_DELETE, "w-1", Mark.DESTROY, vm_id=145)))
    with pytest.raises(PlanFileError, match="nobody approved: w-1#145/delete"):
        check(approved, more, bigger, model.seen, begun=True)


def test_destroy_says_what_is_no_vm() -> None:
    inventory = cluster_of(1, 1)
    metal = node_like(inventory.nodes["w-1"], "metal-1", 19, host=None, vm_id=None, install_disk='disk.serial == "S1"')
    wanted = Wanted(replace(inventory, nodes={**inventory.nodes, "metal-1": metal}))
    found = plan_destroy(wanted, empty(inventory))
    assert found.warnings == ("'metal-1' is no VM and stays as it is: wipe it by hand",)
