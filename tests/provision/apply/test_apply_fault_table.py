"""The facts' list of faults, row by row: its switch, and the test that shows what the client does with it."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.provision.apply.test_apply_faults import ELSEWHERE, PROXMOX, TALOS
from tests.provision.inventory.inventory_files import ROOT
from tests.simulators.proxmox.tables import fault_kinds as proxmox_kinds
from tests.simulators.talos.faults import fault_kinds as talos_kinds

TESTS = ROOT / "tests/provision"
BY_ITSELF = "no switch: the simulator always does it"
# What facts/provisioning.md §5 says → switch, file, test of the client.
ROWS: dict[str, tuple[str, str, str]] = {
    "500-not-found": ("not-found", "apply/test_apply_faults.py", "test_proxmox_fault"),
    "create race": (
        "create-race",
        "proxmox/test_proxmox_vms.py",
        "test_create_says_whose_vm_has_the_id_when_a_stranger_was_faster",
    ),
    "lock timeout then OK": (
        "lock-timeout",
        "proxmox/test_proxmox_api.py",
        "test_locks_are_waited_for_with_growing_pauses",
    ),
    "task WARNINGS": ("task-warnings", "proxmox/test_proxmox_vms.py", "test_create_takes_task_warnings_for_success"),
    "task ends in ERROR after the config exists": (
        "task-error-keeps-config",
        "proxmox/test_proxmox_vms.py",
        "test_create_goes_on_when_the_task_failed_after_the_config_existed",
    ),
    "lagging /cluster/resources": (
        "resources-lag",
        "proxmox/test_proxmox_vms.py",
        "test_find_looks_on_every_host_and_not_at_lagging_resources",
    ),
    "digest conflict": (
        "digest-conflict",
        "proxmox/test_proxmox_vms.py",
        "test_change_reads_again_after_a_digest_conflict",
    ),
    "HA asynchronous start": ("ha-slow", "proxmox/test_proxmox_objects.py", "test_ha_managed_vms_are_waited_for"),
    "download refuse-override": (
        "file-appears",
        "proxmox/test_proxmox_objects.py",
        "test_a_file_that_appears_meanwhile_is_taken_only_without_a_checksum",
    ),
    "kill -9 between any two steps": (
        BY_ITSELF,
        "apply/test_apply_kill_loop.py",
        "test_every_point_leads_to_the_same_end",
    ),
    "apply-config connection cut": (
        "apply-connection-cut",
        "talos/test_talos_life.py",
        "test_an_apply_whose_connection_breaks_has_happened",
    ),
    "Bootstrap AlreadyExists": (
        "bootstrap-already-exists",
        "talos/test_talos_etcd.py",
        "test_already_exists_counts_only_with_data",
    ),
    "time not in sync": (
        "time-not-in-sync",
        "talos/test_talos_etcd.py",
        "test_bootstrap_that_cannot_yet_is_asked_again",
    ),
    "upgrade exit_code != 0": (
        "upgrade-exit-code",
        "talos/test_talos_upgrade.py",
        "test_an_installer_that_fails_is_an_error_though_the_call_is_fine",
    ),
    "certificate rotation mid-run": (
        "certificate-rotation",
        "talos/test_talos_access.py",
        "test_a_rotated_server_certificate_cuts_and_the_next_connection_works",
    ),
    "maintenance versus configured probe": (
        BY_ITSELF,
        "talos/test_talos_access.py",
        "test_without_a_certificate_only_maintenance_is_open",
    ),
    "truncated tar": (
        "kubeconfig-truncated",
        "talos/test_talos_access.py",
        "test_a_kubeconfig_comes_whole_or_not_at_all",
    ),
    "Ed25519-only TLS": (
        BY_ITSELF,
        "talos/test_talos_access.py",
        "test_nodes_show_ed25519_before_and_after_their_configuration",
    ),
}


def functions(file: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a test file."""
    for node in ast.walk(ast.parse((TESTS / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("row", ROWS)
def test_row_has_its_switch_and_its_test(row: str) -> None:
    switch, file, test = ROWS[row]
    (found,) = (function for function in functions(file) if function.name == test)
    assert any(isinstance(node, ast.Assert | ast.With | ast.AsyncWith | ast.Call) for node in ast.walk(found))
    if switch == BY_ITSELF:
        return
    assert switch in proxmox_kinds() or switch in talos_kinds()
    # Beside its own test, each meets a whole apply; what an apply never calls has its test elsewhere.
    assert switch in PROXMOX or switch in TALOS or switch in ELSEWHERE
    text = (TESTS / file).read_text(encoding="utf-8")
    assert f'"{switch}"' in text, f"{file} never switches {switch} on"


@pytest.mark.shared
def test_rows_are_those_of_the_facts() -> None:
    text = (ROOT.parent / "shared/facts/provisioning.md").read_text(encoding="utf-8")
    section = re.search(r"^## 5\. Fault scenarios.*?\n(.+?)\n", text, re.MULTILINE)
    assert section is not None
    assert list(ROWS) == section[1].rstrip(".").split("; ")
