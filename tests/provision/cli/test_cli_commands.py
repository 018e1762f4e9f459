"""Each command as a person types it, on the simulated site."""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from provision.apply.journal import Journal
from provision.cli.main import provision
from provision.proxmox import env_lock
from tests.provision.cli.console import Console
from tests.provision.inventory.inventory_files import ROOT


@pytest.fixture
def dev(shell: Console, monkeypatch: pytest.MonkeyPatch) -> Console:
    """A site on which dev was applied."""
    shell.log_in("dev", monkeypatch)
    shell.done("dev", "apply", "--yes")
    return shell


def lock(shell: Console) -> None:
    """Let another person hold the environment."""
    holder = env_lock.Holder("anna", "laptop", "2026-11-20T10:00:00Z", "0123456789abcdef")
    shell.site.call(
        lambda together: together.proxmox.site.pools.update(
            {"dev-lock": type(next(iter(together.proxmox.site.pools.values())))(comment=holder.comment)}
        )
    )


def wait_for(shell: Console, holds: Callable[[Any], bool]) -> None:
    """Wait until something holds on the site."""
    end = time.monotonic() + 20
    while not shell.site.call(holds):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_plan_of_prod_fits_one_screen(shell: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.log_in("prod", monkeypatch)
    lines = shell.done("prod", "plan").splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 150
    text = "\n".join(lines)
    for row in (
        "  + talos-1      control plane pve-1   4 cores   8 GiB  100 GiB 10.0.10.11",
        "  + talos-4      worker        pve-1   8 cores  32 GiB    1 TiB 10.0.10.14",
        "  + ollama-vm    vm            pve-3  12 cores  64 GiB  560 GiB 10.0.10.30",
        "  + postgres-vm  vm            pve-1   4 cores  16 GiB  240 GiB 10.0.10.31",
        "  + pbs          vm            pve-2   2 cores   8 GiB   40 GiB 10.0.10.32",
        "  + sandbox      vm            pve-2   2 cores   4 GiB   40 GiB 10.0.20.90",
    ):
        assert row in text


def test_apply_asks_and_takes_no_for_an_answer(shell: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.log_in("dev", monkeypatch)
    assert shell.refused("dev", "apply", entered="n\n").endswith("carry it out? [y/N]: n\nError: nothing was done\n")
    assert shell.site.call(lambda together: together.proxmox.site.vms) == {}
    assert shell.site.call(lambda together: together.proxmox.site.pools) == {}


def test_plan_file_is_carried_out_only_as_it_was_approved(dev: Console, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    dev.edit("dev.yaml", "cores: 8,", "cores: 6,")
    assert json.loads(dev.done("dev", "plan", "--json"))["steps"][0]["id"] == "dev-2/change"
    dev.done("dev", "plan", "--out", str(file))
    assert dev.refused("staging", "apply", str(file))
    dev.edit("dev.yaml", "cores: 6,", "cores: 4,")
    message = "Error: the inventory has changed since the plan was made: plan again\n"
    assert dev.refused("dev", "apply", str(file)).endswith(message)
    dev.edit("dev.yaml", "cores: 4,", "cores: 6,")
    dev.site.call(lambda together: together.proxmox.site.vms[140].config.update(description="touched"))
    message = "Error: what is there has changed since the plan was made: plan again\n"
    assert dev.refused("dev", "apply", str(file)).endswith(message)
    dev.refused("dev", "plan", "--drift", code=1)
    dev.done("dev", "plan", "--out", str(file))
    dev.done("dev", "apply", str(file))
    assert dev.site.call(lambda together: together.proxmox.site.vms[141].config["cores"]) == "6"
    (tmp_path / "file").write_text("")
    unwritable = tmp_path / "file/plan.json"
    assert dev.refused("dev", "plan", "--out", str(unwritable)).endswith(f"Error: {unwritable}: Not a directory\n")
    file.write_text("{}")
    message = f"Error: {file}: this is no plan file: make one with `provision plan --out FILE`\n"
    assert dev.refused("dev", "apply", str(file)) == message
    file.write_text('{"format": 9}')
    assert (
        dev.refused("dev", "apply", str(file)) == f"Error: {file}: the plan file has format 9, this program reads 1\n"
    )
    assert dev.refused("dev", "apply", "nowhere") == "Error: nowhere: cannot be read, No such file or directory\n"


def test_status_and_members_tell_how_it_is(dev: Console) -> None:
    assert dev.done("dev", "status") == (
        "dev-1           running   configured    v1.13.9    not ready   1.36.3\n"
        "dev-2           running   configured    v1.13.9    not ready   1.36.3\n"
        "etcd: dev-1\nKubernetes API: ready\n"
    )
    assert json.loads(dev.done("dev", "status", "--json"))["etcd"] == {"dev-1": "voter"}
    assert dev.done("dev", "etcd", "members") == "dev-1          a000000000000001 leader\n"
    dev.site.call(lambda together: together.talos.nodes["10.2.10.11"].power_off())
    assert "dev-1           running   silent" in dev.refused("dev", "status", code=1)
    assert "problem: dev-1 (10.2.10.11): gave no answer" in dev.refused("dev", "etcd", "members", code=1)
    assert dev.refused("dev", "kubeconfig").startswith(
        "Error: no control plane gives a kubeconfig:\n  dev-1 (10.2.10.11)"
    )
    assert dev.refused("dev", "etcd", "snapshot", "x").startswith("Error: no control plane gives a snapshot:\n")
    assert dev.refused("dev", "etcd", "snapshot", "x", "--without-quorum").startswith(
        "Error: no control plane gives its"
    )


def test_cluster_comes_back_from_a_snapshot(dev: Console, tmp_path: Path) -> None:
    file = tmp_path / "etcd.db"
    assert "SHA-256" in dev.done("dev", "etcd", "snapshot", str(file))
    assert "a copy of a database" in dev.done("dev", "etcd", "snapshot", str(tmp_path / "copy"), "--without-quorum")
    dev.site.call(lambda together: together.talos.clusters[0].kubernetes.add_workload("media", "web", ["dev-2"]))
    assert "recover from it" in dev.done("dev", "etcd", "snapshot", str(tmp_path / "copy"), "--without-quorum")
    lock(dev)
    dev.done("dev", "destroy", "--name", "dev", "--no-drain", "--break-lock")  # nobody is asked
    assert dev.site.call(lambda together: together.proxmox.site.vms) == {}
    dev.done("dev", "apply", "--yes", "--recover-from", str(file))
    assert "plan of dev: nothing to do" in dev.done("dev", "plan")
    unused = f"{file}: was not used, etcd is there already; a snapshot goes into empty control planes only"
    printed = dev.refused("dev", "apply", "--yes", "--recover-from", str(file))
    assert printed.endswith(f"Error: {unused}, see docs/operations/runbooks/lost-quorum.md\n")
    dev.edit("dev.yaml", "cores: 8,", "cores: 6,")
    assert f"{unused}\n" in dev.done("dev", "apply", "--yes", "--recover-from", str(file))
    missing = dev.refused("dev", "apply", "--yes", "--recover-from", str(tmp_path / "nowhere"))
    assert missing == f"Error: {tmp_path / 'nowhere'}: cannot be read, No such file or directory\n"
    (tmp_path / "bad").write_bytes(b"no snapshot")
    refusal = dev.refused("dev", "apply", "--yes", "--recover-from", str(tmp_path / "bad"))
    assert refusal == f"Error: {tmp_path / 'bad'}: its length 11 is not whole pages and a hash\n"


def test_destroy_wants_the_name_and_leaves_nothing(dev: Console) -> None:
    text = "Error: the cluster is called 'dev', not 'prod': nothing was done\n"
    assert dev.refused("dev", "destroy", "--name", "prod") == text
    assert dev.refused("dev", "destroy", entered="prod\n").endswith("Error: nothing was done\n")
    assert dev.done("dev", "destroy", "--plan").startswith("destroy of dev: ")
    dev.edit("dev.yaml", "cores: 8,", "cores: 8, protection: true,")
    dev.done("dev", "apply", "--yes")
    refusal = "protected: dev-2; set `protection: false` in the inventory, apply, and run again"
    assert refusal in dev.refused("dev", "destroy", "--plan")
    dev.edit("dev.yaml", "protection: true", "protection: false")
    dev.done("dev", "apply", "--yes")
    assert dev.done("dev", "destroy", "--with-pool", entered="dev\n").endswith("destroy of dev: done\n")
    assert dev.site.call(lambda together: (together.proxmox.site.vms, together.proxmox.site.pools)) == ({}, {})


def test_replace_makes_nodes_anew(dev: Console) -> None:
    assert dev.refused("dev", "replace") == "Error: name a node, or say --due\n"
    assert dev.refused("dev", "replace", "--due") == "Error: no node is due for a replacement\n"
    text = "Error: 'dev-9' is no node of dev that is a VM; there are: dev-1, dev-2\n"
    assert dev.refused("dev", "replace", "dev-9", "--yes") == text
    assert "etcd's only members dev-1 would go" in dev.refused("dev", "replace", "dev-1", "--yes")
    tags = dev.site.call(lambda together: together.proxmox.site.vms[140].config["tags"])
    assert "replace" not in tags
    dev.edit("dev.yaml", "host: pve-2, vm_id: 141", "host: pve-3, vm_id: 141")
    dev.edit("dev.yaml", "memory: 24Gi", "memory: 8Gi")
    assert "later: dev-2: host: pve-2 → pve-3 (at replace: `provision replace NODE`)" in dev.done("dev", "plan")
    dev.done("dev", "replace", "--due", "--yes")
    assert dev.site.call(lambda together: together.proxmox.site.vms[141].node) == "pve-3"
    assert "nothing to do" in dev.done("dev", "plan")


def test_upgrade_rolls_both(dev: Console) -> None:
    assert dev.done("dev", "upgrade", "--yes") == "upgrade of dev: nothing to do\n"
    dev.edit("dev.yaml", "version: 1.36.3", "version: 1.36.2")
    refusal = "Kubernetes 1.36.3 cannot go back to 1.36.2: there is no procedure for it"
    assert f"later: dev-2: kubelet 1.36.3 → 1.36.2 (no way: {refusal})\n" in dev.done("dev", "plan")
    assert f"  stop: {refusal}\n" in dev.refused("dev", "upgrade", "--plan")
    dev.edit("dev.yaml", "version: 1.36.2", "version: 1.36.3")
    dev.edit("dev.yaml", "v1.13.9", "v1.14.1")
    dev.edit("dev.yaml", "version: 1.36.3", "version: 1.36.9")
    assert "later: dev-1: Talos v1.13.9 → v1.14.1 (`provision upgrade`)" in dev.done("dev", "plan")
    assert dev.done("dev", "upgrade", "--plan").startswith("upgrade of dev: 8 steps")
    old = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "old-dns", "namespace": "kube-system"}}
    dev.site.call(lambda together: together.talos.more_manifests.append(old))
    wait_for(dev, lambda t: any(key[3] == "old-dns" for key in t.talos.clusters[0].kubernetes.objects))
    dev.site.call(lambda together: together.talos.more_manifests.clear())
    note = "cluster/apply manifests: deleted kube-system_old-dns__ConfigMap: the new version does not bring it any more"
    assert note in dev.done("dev", "upgrade", "--yes")
    assert "v1.14.1    not ready   1.36.9" in dev.done("dev", "status")
    assert dev.done("dev", "plan").startswith("plan of dev: nothing to do")
    dev.edit("dev.yaml", "version: 1.36.9", "version: 1.36.2")
    refusal = "stop: Kubernetes 1.36.9 cannot go back to 1.36.2: there is no procedure for it"
    assert refusal in dev.refused("dev", "upgrade", "--plan")


def test_lock_of_somebody_else_is_shown_and_broken_only_when_asked(dev: Console) -> None:
    lock(dev)
    text = (
        "Error: lock 'dev': held by anna on laptop since 2026-11-20T10:00:00Z\n"
        "  fix: wait for it; if it has died, run again with --break-lock\n"
    )
    assert dev.refused("dev", "apply", "--yes") == text
    shown = "'dev' is held by anna on laptop since 2026-11-20T10:00:00Z\nbreak this lock? [y/N]: n\n"
    output = dev.refused("dev", "apply", "--break-lock", entered="n\n")
    assert output == f"{shown}Error: the lock of 'dev' was left alone\n"
    assert "nothing to do" in dev.done("dev", "apply", "--break-lock", "--yes")
    assert "'dev' is not locked" in dev.done("dev", "apply", "--break-lock", "--yes")


def test_run_of_this_machine_is_not_robbed_of_its_lock(dev: Console) -> None:
    journal = Journal(dev.root / ".cache/provision/dev/journal.jsonl")
    journal.begin(env_lock.Holder("anna", "here", "2026-11-20T10:00:00Z", "0123456789abcdef"), None)
    text = f"Error: lock 'dev': process {os.getpid()} of this machine is at work\n  fix: wait for it, or end it first\n"
    assert dev.refused("dev", "apply", "--yes") == text
    assert dev.refused("dev", "apply", "--break-lock", "--yes") == text
    journal.end()
    assert "nothing to do" in dev.done("dev", "apply", "--yes")


def test_identity_that_is_none_is_refused_before_anything_is_made(
    shell: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.log_in("dev", monkeypatch)
    monkeypatch.setenv("CHARTROOM_AGE_IDENTITY", "AGE-SECRET-KEY-1QQQ")
    file = shell.root / "values/inventory/dev.secrets.age"
    text = f"Error: {file}: the age identity is not an X25519 identity (AGE-SECRET-KEY-1…)\n"
    assert shell.refused("dev", "plan") == text
    assert shell.refused("dev", "apply", "--yes") == text


def test_secrets_are_made_once_and_their_certificate_rotates(shell: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.log_in("dev", monkeypatch)
    file = shell.root / "values/inventory/dev.secrets.age"
    refusal = shell.refused("dev", "secrets", "rotate")
    assert refusal == (
        "Error: the cluster's keys are not where the inventory says, and without them no node can be asked\n"
    )
    assert shell.done("dev", "secrets", "make") == f"{file}: made\n"
    assert shell.done("dev", "secrets", "make") == f"{file}: was there already, and was left alone\n"
    assert file.stat().st_mode & 0o777 == 0o600
    config = shell.root / ".cache/provision/dev/talosconfig"
    assert shell.done("dev", "secrets", "rotate").startswith(f"{config}: good until 20")
    assert config.stat().st_mode & 0o777 == 0o600
    assert shell.done("dev", "secrets", "rotate", "--if-due") == f"{config}: is good for more than 90 days\n"
    assert shell.done("dev", "secrets", "identity").startswith("AGE-SECRET-KEY-1")


def test_validate_says_what_is_missing(shell: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell.done("dev", "validate", "--offline") == "the inventory of 'dev' is sound\n"
    assert "/pool/dev (chartroom-dev-vms, not below)\n    Pool.Allocate" in shell.done("dev", "validate", "--role")
    assert "Error: the variable PVE_TOKEN_SECRET is not set" in shell.refused("dev", "validate")
    shell.log_in("dev", monkeypatch)
    assert "it exists, and its secret cannot be read again" in shell.refused(
        "dev", "validate", "--create-token", entered="root@pam\nsimulated-root\n\n"
    )
    assert "'dev' is sound" in shell.done("dev", "validate")
    shell.site.call(lambda together: together.proxmox.site.roles["chartroom-dev-vms"].remove("VM.PowerMgmt"))
    output = shell.refused("dev", "validate")
    assert "missing: VMs: VM.PowerMgmt missing on /pool/dev\n" in output
    shell.edit("dev.yaml", "vm_id: 141", "vm_id: 999")
    output = shell.refused("dev", "validate", "--offline")
    assert "error: 'dev-2' has VM id 999, outside 140-159 [inventory/vm-id]" in output
    assert output.endswith("Error: the inventory of 'dev' has 1 error\n")
    assert "there is no inventory of 'test'; there are: dev, prod, staging" in shell.refused("test", "plan")


def test_token_goes_into_the_file_that_the_inventory_names(shell: Console) -> None:
    shell.edit("dev.yaml", "secret: {env: PVE_TOKEN_SECRET}", "secret: {file: token}")
    output = shell.done("dev", "validate", "--create-token", entered="root@pam\nsimulated-root\n\n")
    path = shell.root / "token"
    assert output.endswith(f"chartroom@pve!dev: made; its secret is in {path}, and nowhere else\n")
    assert path.read_text().strip() not in output
    assert path.stat().st_mode & 0o777 == 0o600


def test_settings_that_cannot_be_met_are_refused(shell: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.log_in("dev", monkeypatch)
    (shell.root / "map.json").write_text("[]")
    assert "is no map of addresses such as" in shell.refused("dev", "plan")
    (shell.root / "map.json").write_text("{}")
    shell.edit("dev.yaml", "secret: {env: PVE_TOKEN_SECRET}", "secret: {file: nothing}")
    assert "cannot be read, No such file or directory" in shell.refused("dev", "plan")
    (shell.root / "nothing").touch(mode=0o600)
    assert f"{shell.root}/nothing: is empty" in shell.refused("dev", "plan")


def test_demo_runs_from_a_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PVE_TOKEN_SECRET", "CHARTROOM_AGE_IDENTITY"):
        monkeypatch.setenv(name, "put back afterwards")
    done = CliRunner().invoke(provision, ["demo", "--env", "dev", "--rate", "200"])
    assert done.exit_code == 0, done.output
    assert "plan of dev: nothing to do" in done.output
    assert "Kubernetes v1.36.3 at https://10.2.10.10:6443" in done.output
    assert done.output.rstrip().endswith("Nothing real was touched, and nothing is left.")
    page = (ROOT / "tofu-free-infra/README.md").read_text(encoding="utf-8")
    shown = page.partition("$ provision demo --env dev --rate 200\n")[2].partition("```")[0].splitlines()
    assert len(shown) > 15
    printed = re.sub(r"That took \d+ s", "That took … s", done.output).splitlines()
    assert [line for line in printed if line in shown] == shown
    assert "there is no sound inventory of 'test'" in CliRunner().invoke(provision, ["demo", "--env", "test"]).output
    for name in [name for name in sys.modules if name.startswith("tests.simulators.together")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    text = CliRunner().invoke(provision, ["demo"]).output
    assert text.startswith("Error: the simulators need 'aiohttp")
    assert text.endswith(", which the tests bring: run `make demo`\n")
    monkeypatch.setattr("provision.cli.demo.CHECKOUT", Path("/nowhere"))
    assert "run the demo from a checkout" in CliRunner().invoke(provision, ["demo"]).output
