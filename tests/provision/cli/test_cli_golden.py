"""From each shipped inventory to a kubeconfig with which the real kubectl answers; nothing secret on the way."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from provision.secrets.store import AgeFile
from tests.provision.cli.console import ENVIRONMENTS, Console
from tests.provision.inventory.inventory_files import ROOT

KUBECTL = ROOT / ".tools/bin/kubectl"


def kubectl(config: Path, *arguments: str) -> str:
    """Ask the cluster with the real program."""
    command = [str(KUBECTL), "--kubeconfig", str(config), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def secrets_of(shell: Console, environment: str, identity: str) -> list[str]:
    """Return every secret of the cluster that could be printed by mistake."""
    bundle = AgeFile(shell.root / f"values/inventory/{environment}.secrets.age", identity).load()
    assert bundle is not None
    pems = [bundle.etcd.key, bundle.kubernetes.key, bundle.aggregator.key, bundle.service_account_key, bundle.talos.key]
    texts = [bundle.cluster_secret, bundle.bootstrap_token, bundle.secretbox_key, bundle.trustd_token]
    return texts + [line for pem in pems for line in pem.decode().splitlines()[1:-1]]


@pytest.mark.skipif(not KUBECTL.exists(), reason="kubectl is not built: make tools")
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_shipped_inventory_becomes_a_cluster(
    environment: str, shell: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = shell.log_in(environment, monkeypatch)
    secret_free = len(shell.printed)  # the token's secret is shown once, there
    assert f"'{environment}' is sound" in shell.done(environment, "validate")
    shell.done(environment, "plan", "--out", str(tmp_path / "plan.json"))
    printed = shell.done(environment, "apply", str(tmp_path / "plan.json"))
    assert printed.rstrip().splitlines()[-2:] == [
        f"plan of {environment}: done",
        f"kubeconfig: {shell.root}/.cache/provision/{environment}/kubeconfig",
    ]
    config = shell.root / f".cache/provision/{environment}/kubeconfig"
    assert config.stat().st_mode & 0o777 == 0o600
    assert re.search(r"Server Version: v1\.36\.3", kubectl(config, "version"))
    assert kubectl(config, "get", "--raw", "/readyz") == "ok"
    inventory = yaml.safe_load((ROOT / f"values/inventory/{environment}.yaml").read_text())
    names = kubectl(config, "get", "nodes", "-o", "name").split()
    assert sorted(names) == sorted(f"node/{name}" for name in inventory["nodes"])
    assert shell.done(environment, "plan").startswith(f"plan of {environment}: nothing to do")
    shell.done(environment, "plan", "--drift")
    shell.done(environment, "secrets", "rotate")
    everything = "".join(shell.printed[secret_free:])
    journal = (shell.root / f".cache/provision/{environment}/journal.jsonl").read_text()
    plan_text = (tmp_path / "plan.json").read_text()
    for marker in (token, *secrets_of(shell, environment, os.environ["CHARTROOM_AGE_IDENTITY"])):
        assert marker not in everything
        assert marker not in journal + plan_text
