"""What may be kept in the secret store, and which store may keep it: one change at a time, the whole finding."""

# ruff: noqa: E501  # a message stands in one piece, so that it can be searched for

import re
from pathlib import Path

import pytest

from provision.inventory.rules_store import where_it_stands
from tests.provision.inventory.inventory_files import edited, loaded, messages

PROD, SITE = "inventory/prod.yaml", "site.yaml"
TOKEN = (PROD, "secret: {env: PVE_TOKEN_SECRET}", "secret: {store: proxmox/TOKEN}")
KEYS = (PROD, "secrets: {file: prod.secrets.age, identity: {env: CHARTROOM_AGE_IDENTITY}}", "secrets: {store: talos}")
HOST = "hostAPI: https://infisical.home.example.net"
FIX = "keep it in {file} or {env}, or in a store on another machine: this one waits for what it holds"

CASES: dict[str, tuple[tuple[tuple[str, str, str], ...], list[str]]] = {
    "both-in-the-store": ((TOKEN, KEYS), []),
    "no-key": (
        ((PROD, "secret: {env: PVE_TOKEN_SECRET}", "secret: {store: TOKEN}"),),
        ["the token of Proxmox is in the secret store as 'TOKEN', OWNER/KEY is expected | write the item, a slash, and the key in it"],
    ),
    "identity-in-the-store": (
        ((PROD, "identity: {env: CHARTROOM_AGE_IDENTITY}", "identity: {store: AGE}"),),
        ["the age identity of the cluster's keys is in the secret store as 'AGE', OWNER/KEY is expected | write the item, a slash, and the key in it"],
    ),
    "kind": (
        (TOKEN, (SITE, "    infisical:\n      hostAPI", "    fake:\n      hostAPI")),
        ["the token of Proxmox is in the secret store, and the site's `secret_store` is of kind 'fake' | use one of: infisical, vault; or keep it in {file} or {env}"],
    ),
    "vault-of-version-1": (
        (TOKEN, (SITE, "    infisical:\n      hostAPI", "    vault: {server: \"https://v.example.org\", version: v1}\n    infisical:\n      hostAPI")),
        ["the token of Proxmox is in the secret store, and the site's `secret_store` is of kind 'vault of another version than v2' | use one of: infisical, vault; or keep it in {file} or {env}"],
    ),
    "plain-http": (
        (KEYS, (SITE, HOST, "hostAPI: http://infisical.home.example.net")),
        ["the cluster's keys is in the secret store at 'http://infisical.home.example.net', https:// is expected | correct the site's `secret_store`"],
    ),
    "on-a-node": (
        (KEYS, (SITE, HOST, "hostAPI: https://talos-4.home.example.net")),
        [f"the cluster's keys is in the secret store at 'talos-4.home.example.net', which is 'talos-4', a machine of this inventory | {FIX}"],
    ),
    "behind-a-load-balancer": (
        (TOKEN, (SITE, HOST, "hostAPI: https://10.0.10.101")),
        [f"the token of Proxmox is in the secret store at '10.0.10.101', which is an address of pool 'lan', so it stands in this cluster | {FIX}"],
    ),
    "in-the-cluster-and-not-used": (((SITE, HOST, "hostAPI: https://10.0.10.101"),), []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_rule_says_what_is_wrong(case: str, tmp_path: Path) -> None:
    changes, expected = CASES[case]
    found = [re.sub(r"^values/\S+:\d+:\d+: ", "", message) for message in messages(edited(tmp_path, *changes))]
    assert found == [f"inventory/secret-store: {text}" for text in expected]


def test_finding_stands_where_the_secret_is_named(tmp_path: Path) -> None:
    root = edited(tmp_path, TOKEN, (SITE, HOST, "hostAPI: https://10.0.10.101"))
    lines = (root / "values/inventory/prod.yaml").read_text().splitlines()
    (line,) = (number for number, text in enumerate(lines, 1) if "proxmox/TOKEN" in text)
    (found,) = messages(root)
    assert found.startswith(f"values/inventory/prod.yaml:{line}:")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("infisical.home.example.net", None),
        ("app.infisical.com", None),
        ("10.0.10.6", None),
        ("10.0.10.10", "is the API address of this cluster"),
        ("10.244.3.4", "is an address of this cluster's pods or Services"),
        ("10.96.0.9", "is an address of this cluster's pods or Services"),
        ("vault.vault.svc", "is a Service of this cluster"),
        ("vault.vault.svc.cluster.local", "is a Service of this cluster"),
        ("sandbox", "is 'sandbox', a machine of this inventory"),
    ],
)
def test_store_stands_somewhere(host: str, expected: str | None, tmp_path: Path) -> None:
    assert where_it_stands(loaded(edited(tmp_path)), host) == expected


def test_environment_has_its_own_scope_of_the_store(tmp_path: Path) -> None:
    root = edited(tmp_path)
    found = {name: loaded(root, name).site.store for name in ("prod", "staging", "dev")}
    assert {name: store.environment for name, store in found.items()} == {name: name for name in found}
    assert {(store.kind, store.url, store.project) for store in found.values()} == {
        ("infisical", "https://infisical.home.example.net", "fleet")
    }
