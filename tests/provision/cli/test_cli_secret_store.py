"""Token and keys in the site's secret store: made there, read from there, a cluster up and rotated, nothing printed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from provision.cli.secret_places import SecretPlaces, addresses_of
from provision.inventory.model import SecretRef
from tests.provision.cli.console import Console
from tests.provision.inventory.inventory_files import edited, loaded
from tests.simulators.proxmox.sample import ADMIN, ADMIN_PASSWORD
from tests.simulators.secret_store import RunningStore, serve
from tests.simulators.secret_store.state import State

HOST = "infisical.home.example.net"
KEYS = "secrets: {file: dev.secrets.age, identity: {env: CHARTROOM_AGE_IDENTITY}}"
LOGIN = f"{ADMIN}\n{ADMIN_PASSWORD}\n\n"


@pytest.fixture
def store(shell: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningStore]:
    """Infisical at the address that the site names, with the folders that an operator makes."""
    state = State(identities={"machine": "its-secret"}, folders={("dev", "/proxmox"): {}, ("dev", "/talos-dev"): {}})
    shell.edit("dev.yaml", "secret: {env: PVE_TOKEN_SECRET}", "secret: {store: proxmox/TOKEN}")
    shell.edit("dev.yaml", KEYS, "secrets: {store: talos-dev}")
    with serve("infisical", HOST, tmp_path / "store", state) as running:
        places = json.loads((shell.root / "map.json").read_text())
        places[f"{HOST}:443"] = f"127.0.0.1:{running.port}"
        (shell.root / "map.json").write_text(json.dumps(places))
        monkeypatch.setenv("SSL_CERT_FILE", str(running.ca_file))
        monkeypatch.setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "machine")
        monkeypatch.setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "its-secret")
        yield running


def test_cluster_is_made_with_what_the_store_holds(shell: Console, store: RunningStore) -> None:
    printed = shell.done("dev", "validate", "--create-token", entered=LOGIN)
    assert printed.endswith("made; its secret is in proxmox/TOKEN of the secret store, and nowhere else\n")
    assert shell.done("dev", "secrets", "make") == "the secret store, under 'talos-dev': made\n"
    shell.done("dev", "apply", "--yes")
    assert shell.done("dev", "plan").startswith("plan of dev: nothing to do")
    shell.done("dev", "validate", "--create-token", "--rotate", entered=LOGIN)
    shell.done("dev", "secrets", "rotate")
    assert "'dev' is sound" in shell.done("dev", "validate")
    values = [value for folder in store.state.folders.values() for value in folder.values()]
    assert len(values) == 2
    everything = "".join(shell.printed) + (shell.root / ".cache/provision/dev/journal.jsonl").read_text()
    for line in "\n".join(values).splitlines():
        assert line.rpartition(" ")[2] == "" or len(line) < 40 or line.rpartition(" ")[2] not in everything
    assert "its-secret" not in everything
    assert not list((shell.root / "values").rglob("*.age"))


def test_store_that_does_not_give_is_told(shell: Console, store: RunningStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell.refused("dev", "plan") == (
        "Error: the secret store has no proxmox/TOKEN; the inventory names it for a secret\n"
    )
    shell.done("dev", "validate", "--create-token", entered=LOGIN)
    store.state.folders["dev", "/talos-dev"]["TALOS_SECRETS"] = "{}"
    text = "Error: talos-dev/TALOS_SECRETS of the secret store: cluster.id of the secrets bundle is missing\n"
    assert shell.refused("dev", "secrets", "make") == text
    assert shell.refused("dev", "secrets", "rotate") == text
    assert shell.refused("dev", "plan") == text
    monkeypatch.delenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_ID")
    assert shell.refused("dev", "plan") == (
        f"Error: https://{HOST}: neither INFISICAL_TOKEN nor INFISICAL_UNIVERSAL_AUTH_CLIENT_ID and "
        "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET are set; one of them says who we are\n"
    )


def test_token_that_the_store_refuses_is_not_lost(shell: Console, store: RunningStore) -> None:
    store.state.fault("approval")
    printed = shell.refused("dev", "validate", "--create-token", entered=LOGIN)
    assert "proxmox/TOKEN waits there for an approval; approve it, and run again\n" in printed
    assert "its secret, once, put it into store proxmox/TOKEN yourself:\n" in printed
    assert len(printed.splitlines()[-1]) == 36


def test_store_that_resolves_into_the_cluster_is_refused(tmp_path: Path) -> None:
    root = edited(tmp_path, ("inventory/prod.yaml", "secret: {env: PVE_TOKEN_SECRET}", "secret: {store: a/B}"))
    places = SecretPlaces(loaded(root), root, {}, {}, resolve=lambda host: ("10.0.10.103",))
    with pytest.raises(Exception, match="secret store") as refused:
        places.read(SecretRef("store", "a/B"))
    assert str(refused.value) == (
        f"the secret store '{HOST}' is at 10.0.10.103, which is an address of pool 'lan', so it stands in this "
        "cluster: it cannot hold what that is made with"
    )
    assert addresses_of("localhost") == ("127.0.0.1",)
    assert addresses_of("nobody.invalid") == ()


def test_vault_of_the_site_is_asked_too(tmp_path: Path) -> None:
    provider = '    vault: {server: "https://v.example.org", path: kv}\n    nothing:\n      hostAPI'
    root = edited(tmp_path, ("site.yaml", "    infisical:\n      hostAPI", provider))
    places = SecretPlaces(loaded(root), root, {("v.example.org", 443): ("127.0.0.1", 1)}, {"VAULT_TOKEN": "x"})
    with pytest.raises(Exception, match="gave no answer") as refused:
        places.write(SecretRef("store", "a/B"), "value")
    assert str(refused.value) == "https://v.example.org: gave no answer, Connection refused"
    assert places.write(SecretRef("env", "B"), "value") is None
