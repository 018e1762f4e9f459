"""Secret stores on the simulators: read, keep once, keep again when asked; every refusal whole, no value in any."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provision.secrets import bundle
from provision.secrets.error import SecretsError
from provision.secrets.https import Endpoint
from provision.secrets.secret_store import infisical, vault
from provision.secrets.secret_store.bundle_there import KEY, BundleThere
from provision.secrets.secret_store.infisical import Infisical
from provision.secrets.secret_store.interface import SecretStore, words
from provision.secrets.secret_store.vault import Vault
from tests.simulators.secret_store import RunningStore, serve
from tests.simulators.secret_store.state import State, judge, table

HOST = "store.home.example.net"
URL = f"https://{HOST}"
MARKER = "SEEDED-SECRET-MARKER"
SIMULATOR = Path(__file__).parents[2] / "simulators/secret_store"
CLIENT = Path(__file__).parents[3] / "tofu-free-infra/provision/secrets"


def endpoint(running: RunningStore) -> Endpoint:
    return Endpoint(URL, {(HOST, 443): ("127.0.0.1", running.port)}, timeout_s=5)


@pytest.fixture(params=["infisical", "vault"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def running(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningStore]:
    state = State(identities={"machine": "its-secret"})
    state.folders = {("prod", "/proxmox"): {}, ("prod", "/talos"): {}}
    with serve(kind, HOST, tmp_path, state) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.ca_file))
        yield found


def opened(kind: str, running: RunningStore, **variables: str) -> SecretStore:
    """Return a client that logs in with the machine's identity, unless other variables are given."""
    if kind == "infisical":
        given = variables or {infisical.CLIENT_ID: "machine", infisical.CLIENT_SECRET: "its-secret"}
        return Infisical(endpoint(running), "fleet", "prod", given)
    given = variables or {vault.ROLE_ID: "machine", vault.SECRET_ID: "its-secret"}
    return Vault(endpoint(running), "secret", given)


def refused(work: object) -> str:
    """Return the whole text of a refusal; never does it hold the value."""
    with pytest.raises(SecretsError) as caught:
        work()  # type: ignore[operator]  # a lambda of the test
    assert MARKER not in str(caught.value)
    assert MARKER not in str(caught.value.__cause__)
    return str(caught.value)


def test_value_is_kept_once_and_read_again(kind: str, running: RunningStore) -> None:
    store = opened(kind, running)
    assert store.read("proxmox", "TOKEN") is None
    store.keep("proxmox", "TOKEN", MARKER)
    store.keep("proxmox", "OTHER", "beside it")
    assert opened(kind, running).read("proxmox", "TOKEN") == MARKER
    text = refused(lambda: store.keep("proxmox", "TOKEN", "another"))
    assert text == f"{URL}: proxmox/TOKEN is there already and is not replaced"
    store.keep("proxmox", "TOKEN", "another", replace=True)
    assert (store.read("proxmox", "TOKEN"), store.read("proxmox", "OTHER")) == ("another", "beside it")
    assert running.state.calls.count("POST login") == 2
    assert "its-secret" not in repr(store)


def test_bundle_lives_in_the_store(kind: str, running: RunningStore) -> None:
    place = BundleThere(opened(kind, running), "talos")
    made = bundle.generate(datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert place.load() is None
    place.save(made)
    assert place.load() == made
    assert refused(lambda: place.save(made)).endswith("talos/TALOS_SECRETS is there already and is not replaced")
    place.save(made, replace=True)
    assert str(place) == "talos/TALOS_SECRETS of the secret store"
    place.store.keep("talos", KEY, "{}", replace=True)
    assert refused(place.load) == "talos/TALOS_SECRETS of the secret store: cluster.id of the secrets bundle is missing"


REFUSALS = {
    ("infisical", "approval"): "proxmox/TOKEN waits there for an approval; approve it, and run again",
    ("infisical", "denied"): "refused proxmox/TOKEN, 403: You are not allowed to read on secrets",
    ("infisical", "unavailable"): "refused proxmox/TOKEN, 503: no reason given",
    ("infisical", "keeps-other"): "proxmox/TOKEN reads differently from what was kept",
    ("infisical", "value-hidden"): "this identity may know of proxmox/TOKEN, and not read its value",
    ("vault", "denied"): "refused secret/proxmox, 403: permission denied",
    ("vault", "unavailable"): "refused secret/proxmox, 503: Vault is sealed",
    ("vault", "keeps-other"): "proxmox/TOKEN reads differently from what was kept",
    ("vault", "written-between"): (
        "refused secret/proxmox, 400: check-and-set parameter did not match the current version"
    ),
}


@pytest.mark.parametrize("fault", sorted(table("faults")))
def test_every_fault_is_told(kind: str, fault: str, running: RunningStore) -> None:
    store = opened(kind, running)
    running.state.fault(fault)
    if (kind, fault) not in REFUSALS:
        store.keep("proxmox", "TOKEN", MARKER)  # a fault that the other kind of store has
        return
    assert refused(lambda: store.keep("proxmox", "TOKEN", MARKER)) == f"{URL}: {REFUSALS[kind, fault]}"


def test_every_fault_has_a_refusal() -> None:
    assert {fault for _, fault in REFUSALS} == set(table("faults"))
    with pytest.raises(ValueError, match="no fault 'nonsense', one of: approval, denied"):
        State().fault("nonsense")


def test_identity_that_is_not_known_is_refused(kind: str, running: RunningStore) -> None:
    names = {
        "infisical": (infisical.TOKEN, infisical.CLIENT_ID, infisical.CLIENT_SECRET),
        "vault": (vault.TOKEN, vault.ROLE_ID, vault.SECRET_ID),
    }[kind]
    wrong = opened(kind, running, **{names[1]: "machine", names[2]: MARKER})
    said = {
        "infisical": "does not accept the identity machine, 401: Invalid credentials",
        "vault": "does not accept the role machine, 400: invalid role or secret ID",
    }[kind]
    assert refused(lambda: wrong.read("proxmox", "TOKEN")) == f"{URL}: {said}"
    missing = f"{URL}: neither {names[0]} nor {names[1]} and {names[2]} are set; one of them says who we are"
    assert refused(lambda: opened(kind, running, NOTHING="x").read("proxmox", "TOKEN")) == missing
    stale = opened(kind, running, **{names[0]: MARKER})
    assert "403" in refused(lambda: stale.read("proxmox", "TOKEN"))
    running.state.tokens.add("ready")
    assert opened(kind, running, **{names[0]: "ready"}).read("proxmox", "TOKEN") is None


def test_place_that_is_not_there_is_told(kind: str, running: RunningStore) -> None:
    if kind == "infisical":
        text = refused(lambda: opened(kind, running).keep("nowhere", "TOKEN", MARKER))
        folder = "Folder with path '/nowhere' in environment with slug 'prod' not found"
        assert text == f"{URL}: refused nowhere/TOKEN, 404: {folder}"
    else:
        running.state.mount = "kv"
        text = refused(lambda: opened(kind, running).read("proxmox", "TOKEN"))
        assert (
            text
            == f'{URL}: refused secret/proxmox, 404: no handler for route "secret/data/proxmox". route entry not found.'
        )


def test_deleted_item_of_vault_is_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tokens={"ready"}, items={"proxmox": (3, None)})
    with serve("vault", HOST, tmp_path, state) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.ca_file))
        store = opened("vault", running, **{vault.TOKEN: "ready"})
        assert store.read("proxmox", "TOKEN") is None
        store.keep("proxmox", "TOKEN", MARKER)
        assert state.items["proxmox"] == (4, {"TOKEN": MARKER})


def test_server_that_cannot_be_trusted_or_reached_is_told(
    running: RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = endpoint(running)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert refused(lambda: where.ask("GET", "/", {})) == (
        f"{URL}: shows a certificate that does not count: unable to get local issuer certificate; "
        "name the authority's file in SSL_CERT_FILE"
    )
    nobody = Endpoint(URL, {(HOST, 443): ("127.0.0.1", 1)}, timeout_s=5)
    assert refused(lambda: nobody.ask("GET", "/", {})) == f"{URL}: gave no answer, Connection refused"
    assert refused(lambda: Endpoint("http://store")) == "http://store: is not of the form https://HOST"


def test_reason_that_holds_the_value_is_not_shown() -> None:
    assert words(f"{MARKER} is too long", MARKER) == "its reason holds the value, so it is not shown"
    assert words("too\n long", MARKER) == "too long"
    assert words(None, "") == "no reason given"


def test_simulator_refuses_what_its_tables_do_not_have() -> None:
    assert all("source" in row for name in ("parameters", "faults") for row in table(name).values())
    call = "POST /v1/{mount}/data/{path}"
    assert judge(call, {"data": "text", "more": 1}) == ["more is not known", "data is no object"]
    assert judge("GET /api/v3/secrets/raw/{name}", {"environment": "prod", "include_imports": "perhaps"}) == [
        "workspaceSlug is required",
        "include_imports is no flag",
    ]


def test_client_and_simulator_do_not_know_each_other() -> None:
    def imports(folder: Path) -> str:
        nodes = (node for file in folder.rglob("*.py") for node in ast.walk(ast.parse(file.read_text())))
        return "\n".join(ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))

    assert not re.search(r"provision|generator", imports(SIMULATOR))
    assert "tests" not in imports(CLIENT)
