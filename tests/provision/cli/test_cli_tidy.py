"""What is left over on the image storage is shown, and removed when asked; only what is ours and wanted by nobody."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.provision.cli.console import Console
from tests.provision.inventory.inventory_files import edited, loaded
from tests.simulators.proxmox.sample import ADMIN, ADMIN_PASSWORD
from tests.simulators.proxmox.state import Volume

GONE = ("import/talos-v1.13.1-0123456789ab.qcow2", "iso/seed-oldvm-0123456789abcdef.iso")
KEPT = (
    "import/debian-13-genericcloud-amd64.qcow2",
    "import/talos-of-mine.qcow2",
    "iso/debian-13-netinst.iso",
    "iso/seed-sandbox-0123456789abcdef.iso",  # of prod's VM, and dev does not know whether it is attached
    "iso/seed-mine.iso",
)


def put(shell: Console, *names: str) -> None:
    """Put files on the image storage."""

    def change(together: Any) -> None:
        place = together.proxmox.site.storages["images"]
        place.volumes += [Volume(f"images:{name}", 2**20, name.partition("/")[0]) for name in names]

    shell.site.call(change)


def there(shell: Console) -> set[str]:
    """Return the files that are on the image storage."""
    return shell.site.call(
        lambda together: {v.volid.partition(":")[2] for v in together.proxmox.site.storages["images"].volumes}
    )


def test_what_nobody_wants_is_shown_and_removed_when_asked(shell: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = shell.log_in("dev", monkeypatch)
    shell.done("dev", "apply", "--yes")
    own = there(shell)
    put(shell, *GONE, *KEPT)
    warning = (
        "  warning: left over on 'images': talos-v1.13.1-0123456789ab.qcow2, seed-oldvm-0123456789abcdef.iso; "
        "`provision apply --tidy` removes what nobody wants\n"
    )
    # Without VMs in the inventory nobody asks for seeds, so nobody sees those that are left.
    printed = shell.done("dev", "plan", "--drift")
    assert warning.replace(", seed-oldvm-0123456789abcdef.iso", "") in printed
    assert "plan of dev: 1 steps (1 destroy)" in shell.done("dev", "plan", "--tidy")
    refused = shell.refused("dev", "apply", "--yes", "--tidy")
    assert "Datastore.Allocate" in refused
    assert "/storage/images" in refused
    assert "Datastore.Allocate" in shell.done("dev", "validate", "--role", "--tidy")
    login = f"{ADMIN}\n{ADMIN_PASSWORD}\n\n"
    printed = shell.done("dev", "validate", "--create-token", "--rotate", "--tidy", entered=login)
    monkeypatch.setenv("PVE_TOKEN_SECRET", printed.strip().splitlines()[-1])
    assert os.environ["PVE_TOKEN_SECRET"] != secret
    file = shell.root / "plan.json"
    shell.done("dev", "plan", "--tidy", "--out", str(file))
    assert "plan of dev: done" in shell.done("dev", "apply", str(file))  # the file says that it tidies
    assert there(shell) == own | {*KEPT, GONE[1]}
    assert "left over" not in shell.done("dev", "plan")


def test_seeds_of_vms_that_are_gone_are_left_over(shell: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = shell.root / "values/inventory/prod.yaml"
    text = keep.read_text()
    shell.log_in("prod", monkeypatch)
    shell.done("prod", "apply", "--yes")
    own = there(shell)
    put(shell, *GONE)
    start, end = text.index("  sandbox:\n"), text.index("ha_rules:")
    keep.write_text(text[:start] + text[end:])
    login = f"{ADMIN}\n{ADMIN_PASSWORD}\n\n"
    printed = shell.done("prod", "validate", "--create-token", "--rotate", "--tidy", entered=login)
    monkeypatch.setenv("PVE_TOKEN_SECRET", printed.strip().splitlines()[-1])
    shell.done("prod", "apply", "--yes", "--tidy")  # the VM goes; its seed is still attached when that is planned
    assert any("seed-sandbox-" in name for name in there(shell))
    assert not there(shell) & set(GONE)
    shell.done("prod", "apply", "--yes", "--tidy")
    assert there(shell) == {name for name in own if "seed-sandbox-" not in name}


def test_other_environments_are_known(tmp_path: Path) -> None:
    found = loaded(edited(tmp_path), "dev").others
    assert set(found) == {"prod", "staging"}
    assert found["prod"].vms == ("ollama-vm", "postgres-vm", "pbs", "sandbox")
    assert found["staging"].talos_version == "v1.13.9"
    assert "customization" in found["staging"].schematic
