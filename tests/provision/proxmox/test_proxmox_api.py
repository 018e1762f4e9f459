"""Reaching Proxmox: endpoints, trust, logins, refusals, and that no secret shows."""

import copy
import logging
import pickle
import socket
import threading
from pathlib import Path

import pytest

from provision.proxmox import Api, ApiToken, CaFile, Fingerprint, Login, Pace, Secret
from provision.proxmox.credentials import TicketAuth
from provision.proxmox.errors import (
    AnswerLostError,
    CertificateError,
    HostOfflineError,
    LoginError,
    ParametersError,
    PermissionMissingError,
    ProxmoxError,
    RefusedError,
    UnreachableError,
    UnsupportedError,
)
from provision.proxmox.refusals import Refusal, explain
from tests.provision.proxmox.site import QUICK, TOKEN, Diary, admin_of
from tests.simulators.proxmox import RunningProxmox, sample_site, serve
from tests.simulators.proxmox.sample import ADMIN, ADMIN_PASSWORD

MARKER = "s3cr3t-marker-7f0a"


def _login() -> Login:
    return Login(ADMIN, Secret(ADMIN_PASSWORD))


def _closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_endpoints_are_tried_in_order(proxmox: RunningProxmox) -> None:
    closed = f"https://127.0.0.1:{_closed_port()}"
    api = Api([closed, proxmox.url], _login(), CaFile(proxmox.ca_file), pace=QUICK)
    assert api.get("version", "read the version")["release"] == "9.1"
    api.write("post", "pools", "make a pool", {"poolid": "x"})
    assert "x" in proxmox.site.pools


def test_no_endpoint_is_said_with_each_cause(proxmox: RunningProxmox) -> None:
    first, second = (f"https://127.0.0.1:{_closed_port()}" for _ in range(2))
    api = Api([first, second], ApiToken(TOKEN, Secret("x")), CaFile(proxmox.ca_file), pace=QUICK)
    with pytest.raises(UnreachableError) as caught:
        api.get("version", "read the version")
    assert str(caught.value) == (
        "read the version: no endpoint of Proxmox can be reached: "
        f"{first} (Connection refused), {second} (Connection refused)\n"
        "  fix: check the network and that pveproxy runs on the hosts"
    )


def test_an_address_that_cannot_be_reached_in_time_is_the_next_ones_turn(proxmox: RunningProxmox) -> None:
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    port = full.getsockname()[1]
    # One connection fills the queue of a socket that nobody accepts from, so the next one waits for ever.
    fillers = [socket.socket() for _ in range(3)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
    api = Api(
        [f"https://127.0.0.1:{port}"],
        ApiToken(TOKEN, Secret("x")),
        CaFile(proxmox.ca_file),
        pace=Pace(tries=1),
        timeout_s=0.2,
    )
    with pytest.raises(UnreachableError, match=r"\(timed out\)"):
        api.get("version", "read the version")
    for one in (full, *fillers):
        one.close()


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", CertificateError, "does not vouch for: no TLS"),
        (b"", AnswerLostError, "broke before an answer came"),
    ],
)
def test_a_port_without_tls_is_not_trusted(
    proxmox: RunningProxmox, said: bytes, kind: type[ProxmoxError], text: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            connection.recv(4096)
            connection.sendall(said)
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        api = Api([url], ApiToken(TOKEN, Secret("x")), CaFile(proxmox.ca_file), pace=Pace(tries=1))
        with pytest.raises(kind, match=text):
            api.get("version", "read the version")
        thread.join(5)


def test_names_of_the_inventory_are_verified_though_the_address_is_another(proxmox: RunningProxmox) -> None:
    dial = {"10.0.10.21": ("127.0.0.1", proxmox.port), "elsewhere.example": ("127.0.0.1", proxmox.port)}
    api = Api(["https://10.0.10.21:8006"], _login(), CaFile(proxmox.ca_file), dial=dial, pace=QUICK)
    assert api.get("version", "read the version")["release"] == "9.1"
    wrong = Api(["https://elsewhere.example"], _login(), CaFile(proxmox.ca_file), dial=dial, pace=QUICK)
    with pytest.raises(CertificateError) as caught:
        wrong.get("version", "read the version")
    assert str(caught.value) == (
        "read the version: https://elsewhere.example:8006 shows a certificate that the CA in "
        f"{proxmox.ca_file} does not vouch for: Hostname mismatch, certificate is not valid for 'elsewhere.example'.\n"
        "  fix: check `proxmox.tls` in the inventory"
    )


def test_a_foreign_ca_is_refused(proxmox: RunningProxmox, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with serve(sample_site(1), tmp_path / "other") as other:
        api = Api([proxmox.url], _login(), CaFile(other.ca_file), pace=QUICK)
        with pytest.raises(CertificateError, match="does not vouch for"):
            api.get("version", "read the version")


def test_a_file_without_ca_is_said(proxmox: RunningProxmox, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("nothing")
    api = Api([proxmox.url], _login(), CaFile(tmp_path / "none.pem"), pace=QUICK)
    with pytest.raises(CertificateError) as caught:
        api.get("version", "read the version")
    assert str(caught.value) == (
        f"{tmp_path}/none.pem holds no CA certificate (SSLError)\n  fix: copy /etc/pve/pve-root-ca.pem from a host"
    )


def test_a_fingerprint_is_trusted_until_the_certificate_changes(proxmox: RunningProxmox) -> None:
    pinned = Api([proxmox.url], _login(), Fingerprint(proxmox.fingerprint), pace=QUICK)
    assert pinned.get("version", "read the version")["release"] == "9.1"
    old, new = proxmox.fingerprint, proxmox.rotate_certificate()
    again = Api([proxmox.url], _login(), Fingerprint(old), pace=QUICK)
    with pytest.raises(CertificateError) as caught:
        again.get("version", "read the version")
    assert str(caught.value) == (
        f"read the version: {proxmox.url} shows the certificate {new}, fingerprint {old} is expected\n"
        "  fix: if the host's certificate was renewed, write the new fingerprint into the inventory; "
        "if not, somebody stands between you and the host"
    )
    by_ca = Api([proxmox.url], _login(), CaFile(proxmox.ca_file), pace=QUICK)
    assert by_ca.get("version", "read the version")["release"] == "9.1"


@pytest.mark.parametrize("text", ["", "AA:BB", "zz" * 32, "aa" * 20])
def test_a_fingerprint_is_a_sha256(text: str) -> None:
    with pytest.raises(CertificateError) as caught:
        Fingerprint(text)
    assert str(caught.value) == (
        f"fingerprint '{text}' is not a SHA-256: 32 bytes in hexadecimal are expected\n"
        "  fix: copy it from the host: `pvenode cert info`"
    )


@pytest.mark.parametrize("url", ["http://10.0.10.21:8006", "10.0.10.21", "https://"])
def test_an_endpoint_is_https(url: str, tmp_path: Path) -> None:
    with pytest.raises(ProxmoxError) as caught:
        Api([url], _login(), CaFile(tmp_path))
    assert str(caught.value) == f"endpoint '{url}' is not of the form https://HOST:8006"


def test_an_ipv6_endpoint_is_bracketed(tmp_path: Path) -> None:
    from provision.proxmox.trust import endpoint

    assert endpoint("https://[fd00::1]", {}).url == "https://[fd00::1]:8006"


@pytest.mark.parametrize("text", ["chartroom@pve", "chartroom!prod", "chartroom@pve!"])
def test_a_token_id_has_a_user_and_a_name(text: str) -> None:
    with pytest.raises(ProxmoxError) as caught:
        ApiToken(text, Secret("x"))
    assert str(caught.value) == f"token id '{text}' is not of the form user@realm!name"


def test_an_expired_token_is_said(api: Api, proxmox: RunningProxmox) -> None:
    proxmox.site.users["chartroom@pve"].tokens["prod"].expire = 1
    with pytest.raises(LoginError) as caught:
        api.get("version", "read the version")
    assert str(caught.value) == (
        "read the version: Proxmox does not accept token 'chartroom@pve!prod': token expired\n"
        "  fix: check the token's id and secret, and that neither it nor its user has expired"
    )


def test_a_wrong_token_is_said(api: Api, proxmox: RunningProxmox) -> None:
    wrong = Api([proxmox.url], ApiToken(TOKEN, Secret(MARKER)), CaFile(proxmox.ca_file), pace=QUICK)
    with pytest.raises(LoginError) as caught:
        wrong.get("version", "read the version")
    assert str(caught.value) == (
        "read the version: Proxmox does not accept token 'chartroom@pve!prod': invalid token value!\n"
        "  fix: check the token's id and secret, and that neither it nor its user has expired"
    )


def test_a_wrong_password_is_said(proxmox: RunningProxmox) -> None:
    api = Api([proxmox.url], Login(ADMIN, Secret(MARKER)), CaFile(proxmox.ca_file), pace=QUICK)
    with pytest.raises(LoginError) as caught:
        api.get("version", "read the version")
    assert str(caught.value) == "log in: Proxmox does not accept user 'root@pam': authentication failure"


def test_a_login_with_a_second_factor(proxmox: RunningProxmox) -> None:
    proxmox.run(lambda engine: setattr(engine.site.users[ADMIN], "one_time_code", "123456"))
    with pytest.raises(ProxmoxError) as caught:
        admin_of(proxmox).get("version", "read the version")
    assert str(caught.value) == (
        "user 'root@pam' has a second factor: a one-time code is needed\n  fix: give the present code"
    )
    for code, accepted in (("123456", True), ("000000", False)):
        login = Login(ADMIN, Secret(ADMIN_PASSWORD), Secret(code))
        api = Api([proxmox.url], login, CaFile(proxmox.ca_file), pace=QUICK)
        if accepted:
            assert api.get("version", "read the version")["release"] == "9.1"
        else:
            with pytest.raises(LoginError, match="authentication failure"):
                api.get("version", "read the version")


def test_reads_are_tried_again_and_writes_are_not(admin: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("cut-after", times=2, match="GET /version")
    assert admin.get("version", "read the version")["release"] == "9.1"
    proxmox.fault("cut-before", times=None, match="GET /version")
    with pytest.raises(AnswerLostError):
        admin.get("version", "read the version")
    proxmox.fault("cut-after", match="POST /pools")
    with pytest.raises(AnswerLostError):
        admin.write("post", "pools", "make a pool", {"poolid": "once"})
    assert "once" in proxmox.site.pools


def test_slow_answers_are_waited_for(admin: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("latency", seconds=0.05, match="GET /version")
    assert admin.get("version", "read the version")["release"] == "9.1"


def test_locks_are_waited_for_with_growing_pauses(admin: Api, proxmox: RunningProxmox) -> None:
    pauses: list[float] = []
    moment = [0.0]

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        moment[0] += seconds

    pace = Pace(poll_s=1, lock_s=60, sleep=sleep, clock=lambda: moment[0])
    proxmox.fault("lock-timeout", times=6, match="POST /pools")
    diary = Diary()
    admin.paced(pace).watched_by(diary).write("post", "pools", "make a pool", {"poolid": "x"})
    assert pauses == [1, 2, 4, 8, 10, 10]
    assert diary.waits == ["can't lock file '/var/lock/qemu-server/lock-0.conf' - got timeout"]


def test_parameter_faults_are_named(admin: Api) -> None:
    with pytest.raises(ParametersError) as caught:
        admin.write("post", "nodes/pve-1/qemu", "create a VM", {"vmid": "x", "wrong": 1})
    assert str(caught.value) == (
        "create a VM: vmid: type check ('integer') failed - got 'x'; "
        "wrong: property is not defined in schema and the schema does not allow additional properties"
    )
    assert sorted(caught.value.errors) == ["vmid", "wrong"]


def test_an_unknown_call_is_said(admin: Api) -> None:
    with pytest.raises(UnsupportedError) as caught:
        admin.get("cluster/unheard-of", "ask")
    assert str(caught.value) == (
        "ask: Method 'GET /cluster/unheard-of' not implemented\n  fix: Proxmox VE 9 or newer is needed"
    )


def test_a_silent_host_is_said(admin: Api, proxmox: RunningProxmox) -> None:
    proxmox.fault("host-offline", times=None)
    with pytest.raises(HostOfflineError) as caught:
        admin.get("nodes/pve-2/status", "look")
    assert caught.value.host == "pve-2"
    assert str(caught.value).startswith(
        "look: host 'pve-2' does not answer the others of its cluster (No route to host)"
    )


@pytest.mark.parametrize(
    ("refusal", "kind", "text"),
    [
        (Refusal(500, "something else", {}), RefusedError, "do: something else"),
        (Refusal(400, "Parameter verification failed.", {}), ParametersError, "do: Parameter verification failed."),
        (Refusal(400, "Parameter verification failed.", {"a": "x\ny"}), ParametersError, "do: a: x y"),
        (
            Refusal(403, "Permission check failed (/vms/1, A|B)", {}),
            PermissionMissingError,
            "do: we lacks A or B on /vms/1\n  fix: grant it to the user and to the token (a separated token has only "
            "what both have), or run `provision validate --create-token`",
        ),
        (
            Refusal(403, "Permission check failed", {}),
            PermissionMissingError,
            "do: we lacks a privilege\n  fix: grant it to the user and to the token (a separated token has only what "
            "both have), or run `provision validate --create-token`",
        ),
        (
            Refusal(403, "Permission check failed (pool 'x' does not exist)", {}),
            ProxmoxError,
            "do: pool 'x' does not exist",
        ),
        (
            Refusal(400, "Parameter verification failed.", {"tokenid": "Token already exists."}),
            ProxmoxError,
            "do: Token already exists.",
        ),
    ],
)
def test_refusals_are_explained(refusal: Refusal, kind: type[ProxmoxError], text: str) -> None:
    explained = explain(refusal, "we", "do", None)
    assert isinstance(explained, kind)
    assert str(explained) == text


def test_a_silent_host_without_a_name(admin: Api) -> None:
    assert "host '?'" in str(explain(Refusal(599, "garbled", {}), "we", "do", None))


def test_no_secret_shows_anywhere(
    proxmox: RunningProxmox, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("proxmoxer.core").setLevel(logging.DEBUG)
    secret = Secret(MARKER)
    seen = [repr(secret), str(secret), repr(Login("a@pam", secret, secret)), repr(ApiToken(TOKEN, secret))]
    seen += [repr(TicketAuth(MARKER, MARKER, 1))]
    proxmox.run(lambda engine: setattr(engine.site.users[ADMIN], "password", MARKER))
    login = Api([proxmox.url], Login(ADMIN, secret), CaFile(proxmox.ca_file), pace=QUICK)
    login.get("version", "read the version")
    made = login.write("post", "access/users/root@pam/token/x", "make", {"comment": "c"})
    seen += [repr(login), str(vars(login))]
    for credentials in (ApiToken("root@pam!x", secret), Login("nobody@pam", secret), Login(ADMIN, secret, secret)):
        api = Api([proxmox.url], credentials, CaFile(proxmox.ca_file), pace=QUICK)
        proxmox.fault("cut-before", times=3, match="GET /version")
        for path in ("version", "nodes/none/status", "no/such"):
            try:
                api.get(path, "try")
            except ProxmoxError as error:
                chain: BaseException | None = error
                while chain is not None:
                    seen += [repr(chain), str(chain)]
                    chain = chain.__cause__ or chain.__context__
    logging.getLogger("proxmoxer.core").setLevel(logging.WARNING)
    seen += [caplog.text, *capsys.readouterr()]
    assert [text for text in seen if MARKER in text or made["value"] in text] == []


def test_a_secret_is_compared_and_hidden_but_not_written() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="a Secret is not written anywhere: reveal it where it is stored"):
            write(Secret("a"))


def test_who_asks(admin: Api, api: Api) -> None:
    assert (admin.who, admin.token_id) == ("user 'root@pam'", None)
    assert (api.who, api.token_id) == ("token 'chartroom@pve!prod'", TOKEN)
