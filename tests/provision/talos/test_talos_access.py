"""Certificates and connections: who is let in, who is refused, and in which words."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provision.secrets.access import TalosAccess, talos_access
from provision.secrets.bundle import generate
from provision.talos import machine, tls
from provision.talos.archive import unpack
from provision.talos.connection import Talos, only_message, parse_address_map, read_address_map, unreachable
from provision.talos.credential import renew_access
from provision.talos.error import Damaged, NotPermitted, Rejected, TalosError, Unreachable, Untrusted
from provision.talos.health import node_problems
from provision.talos.kubeconfig import Kubeconfig, fetch_kubeconfig
from provision.talos.probe import Presence, probe
from provision.talos.proto.machine_pb2 import VersionResponse
from provision.talos.resource import machine_config
from tests.provision.talos.talos_site import BUNDLE, CONTROL_PLANES, START, Cluster, running_site
from tests.simulators.talos.machine_calls import _tar_without_end

FIRST = CONTROL_PLANES[0]
WHO = "talos-1 (10.0.10.11)"


def other(cluster: Cluster, access: TalosAccess | None) -> Talos:
    """Reach the same site with another certificate."""
    return Talos(access, cluster.talos.addresses, timeout_s=10)


async def test_a_client_of_another_cluster_trusts_nothing_here() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.configure(FIRST)
        foreign = other(cluster, talos_access(generate(START), START))
        with pytest.raises(Untrusted) as caught:
            async with foreign.connect(FIRST) as session:
                await machine.version(session)
        assert str(caught.value) == (f"{WHO}: shows a certificate that does not count, another authority signed it")
        assert (await probe(foreign, FIRST)).presence is Presence.FOREIGN
        assert (await probe(other(cluster, None), FIRST)).presence is Presence.FOREIGN


async def test_the_certificate_must_name_the_address() -> None:
    async with running_site() as cluster:
        await cluster.configure(*CONTROL_PLANES[:2])
        swapped = {**cluster.talos.addresses}
        swapped[(FIRST.address, 50000)] = cluster.talos.addresses[(CONTROL_PLANES[1].address, 50000)]
        with pytest.raises(Untrusted) as caught:
            async with Talos(cluster.talos.access, swapped).connect(FIRST) as session:
                await machine.version(session)
        assert str(caught.value) == (f"{WHO}: shows a certificate that does not count, it does not name 10.0.10.11")


async def test_without_a_certificate_only_maintenance_is_open() -> None:
    async with running_site(control_planes=1) as cluster:
        bare = other(cluster, None)
        with pytest.raises(Untrusted) as caught:
            async with bare.connect(FIRST):
                pass
        assert str(caught.value) == f"{WHO}: cannot be asked without a client certificate"
        while (await probe(bare, FIRST)).presence is not Presence.MAINTENANCE:
            await asyncio.sleep(0.02)
        seen = tls.fingerprint(await tls.seen_certificate(*bare.real_place(FIRST.address)))
        async with bare.connect_maintenance(FIRST, seen) as session:
            assert not (await machine.version(session)).is_configured
        with pytest.raises(Untrusted) as wrong:
            async with bare.connect_maintenance(FIRST, "AAAA"):
                pass
        assert str(wrong.value) == f"{WHO}: shows the fingerprint {seen}, expected AAAA"


async def test_roles_limit_what_a_certificate_may_do() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        reader = other(cluster, talos_access(BUNDLE, START, roles=["os:reader"]))
        async with reader.connect(FIRST) as session:
            assert (await machine.version(session)).is_configured
            with pytest.raises(NotPermitted) as caught:
                await machine_config(session)
        assert str(caught.value) == (
            f"{WHO}: refused the resource v1alpha1 of MachineConfigs, permission denied: not authorized"
        )


async def test_an_expired_client_certificate_is_no_answer() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.configure(FIRST)
        past = datetime.now(UTC) - timedelta(days=30)
        expired = other(cluster, talos_access(BUNDLE, past, lifetime=timedelta(days=1)))
        with pytest.raises(Unreachable) as caught:
            async with expired.connect(FIRST) as session:
                await machine.version(session)
        assert str(caught.value).startswith(f"{WHO}: gave no answer for its version, ")


async def test_a_control_plane_renews_the_client_certificate() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            renewed = await renew_access(session, lifetime=timedelta(days=30))
            with pytest.raises(Rejected) as caught:
                await renew_access(session, lifetime=timedelta(0))
        assert str(caught.value) == (
            f"{WHO}: refused a client certificate, invalid argument: crt_ttl should be positive"
        )
        async with other(cluster, renewed).connect(FIRST) as session:
            assert (await machine.version(session)).is_configured
        assert renewed.expires() - datetime.now(UTC) < timedelta(days=31)


async def test_a_rotated_server_certificate_cuts_and_the_next_connection_works() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            await machine.version(session)
            cluster.site.faults.set("certificate-rotation")
            with pytest.raises(Unreachable) as caught:
                await machine.version(session)
            assert str(caught.value) == f"{WHO}: gave no answer for its version, connection cut"
        while (await probe(cluster.talos, FIRST)).presence is not Presence.CONFIGURED:
            await asyncio.sleep(0.02)


async def test_a_refused_connection_and_a_slow_node_are_no_answer() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        cluster.site.faults.set("connection-refused")
        async with cluster.talos.connect(FIRST) as session:
            with pytest.raises(Unreachable):
                await machine.version(session)
            assert (await machine.version(session)).is_configured
        cluster.site.latency = 3_000
        slow = Talos(cluster.talos.access, cluster.talos.addresses, timeout_s=0.2)
        async with slow.connect(FIRST) as session:
            with pytest.raises(Unreachable) as caught:
                await machine.version(session)
        assert str(caught.value) == f"{WHO}: gave no answer for its version, no reply in time"
        with pytest.raises(Unreachable) as gone:
            async with Talos(None, {(FIRST.address, 50000): ("127.0.0.1", 1)}).connect_maintenance(FIRST):
                pass
        assert str(gone.value) == f"{WHO}: gave no answer for its certificate, connection refused"


async def test_a_host_that_accepts_and_says_nothing_does_not_hang_us() -> None:
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    place = server.sockets[0].getsockname()[:2]
    silent = Talos(talos_access(BUNDLE, START), {(FIRST.address, 50000): place}, timeout_s=0.2)
    with pytest.raises(Unreachable) as caught:
        async with silent.connect(FIRST) as session:
            await machine.version(session)
    assert str(caught.value) == f"{WHO}: gave no answer for its version, no reply in time"
    with pytest.raises(Unreachable) as bare:
        async with silent.connect_maintenance(FIRST):
            pass
    assert str(bare.value) == f"{WHO}: gave no answer for its certificate, no reply in time"
    for writer in held:
        writer.close()
    server.close()


async def test_nodes_show_ed25519_before_and_after_their_configuration() -> None:
    async with running_site(control_planes=1) as cluster:
        place = cluster.talos.real_place(FIRST.address)
        while (await probe(cluster.talos, FIRST)).presence is not Presence.MAINTENANCE:
            await asyncio.sleep(0.02)
        bare = await tls.seen_certificate(*place)
        async with cluster.talos.connect_maintenance(FIRST) as session:
            assert await node_problems(session) == (f"{WHO}: is maintenance, not running",)
        await cluster.configure(FIRST)
        for certificate in (bare, await tls.seen_certificate(*place)):
            key = x509.load_der_x509_certificate(certificate).public_key()
            assert isinstance(key, Ed25519PublicKey)


async def test_a_kubeconfig_comes_whole_or_not_at_all() -> None:
    async with running_site(control_planes=1) as cluster:
        await cluster.make()
        async with cluster.talos.connect(FIRST) as session:
            first, second = await fetch_kubeconfig(session), await fetch_kubeconfig(session)
            assert first.text != second.text
            assert "client-key-data" not in repr(first)
            cluster.site.faults.set("kubeconfig-truncated")
            with pytest.raises(Damaged) as caught:
                await fetch_kubeconfig(session)
        assert str(caught.value) == f"{WHO}: sent a kubeconfig that ends early"


def test_what_is_no_archive_or_of_another_file_is_nothing() -> None:
    assert unpack(b"", member="kubeconfig") is None
    assert unpack(b"no gzip", member="kubeconfig") is None
    archive = _tar_without_end("kubeconfig", b"x" * 100)
    assert unpack(archive, member="db") is None
    assert unpack(archive, member="kubeconfig") == b"x" * 100


def test_a_kubeconfig_can_go_through_another_address() -> None:
    text = "clusters:\n- name: prod\n  cluster: {server: 'https://10.0.10.10:6443'}\n"
    assert Kubeconfig(text).through("https://127.0.0.1:7", "10.0.10.10").text == (
        "clusters:\n- name: prod\n  cluster:\n    server: https://127.0.0.1:7\n    tls-server-name: 10.0.10.10\n"
    )


def test_address_maps_are_read_from_files(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text('{"10.0.10.11:50000": "127.0.0.1:41234"}')
    assert read_address_map(path) == {("10.0.10.11", 50000): ("127.0.0.1", 41234)}
    with pytest.raises(ValueError) as caught:
        parse_address_map({"10.0.10.11": "127.0.0.1:1"})
    assert str(caught.value) == "'10.0.10.11' is not ADDRESS:PORT"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionRefusedError(), "connection refused"),
        (TimeoutError(), "no reply in time"),
        (ssl.SSLError(1, "x"), "TLS ended with an error"),
        (ConnectionResetError(), "connection cut"),
    ],
)
def test_every_silence_has_its_words(error: Exception, text: str) -> None:
    assert str(unreachable(FIRST, "its version", error)) == f"{WHO}: gave no answer for its version, {text}"


@pytest.mark.parametrize(("code", "text"), [(9, "it is not valid yet"), (10, "it has expired")])
def test_certificates_out_of_their_time(code: int, text: str) -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code = code
    assert str(unreachable(FIRST, "x", error)) == f"{WHO}: shows a certificate that does not count, {text}"


def test_replies_that_are_none_or_carry_an_error() -> None:
    with pytest.raises(TalosError) as caught:
        only_message(FIRST, "its version", VersionResponse())
    assert str(caught.value) == f"{WHO}: answered its version with nothing"
    reply = VersionResponse()
    reply.messages.add().metadata.error = "rpc error"
    with pytest.raises(TalosError) as carried:
        only_message(FIRST, "its version", reply)
    assert str(carried.value) == f"{WHO}: answered its version with 'rpc error'"


def test_a_key_reaches_openssl_without_memfd_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delattr("os.memfd_create")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tls.secure_context(talos_access(BUNDLE, START))
    assert list(tmp_path.iterdir()) == []
