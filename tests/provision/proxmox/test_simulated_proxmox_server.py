"""The simulator over the wire and as a process of its own."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from provision.proxmox import Api, CaFile, Login, Secret, env_lock, vms
from provision.proxmox.env_lock import Holder
from provision.proxmox.vm_spec import DiskSpec
from tests.provision.proxmox.site import QUICK, talos_spec
from tests.simulators.proxmox import RunningProxmox
from tests.simulators.proxmox.sample import ADMIN, ADMIN_PASSWORD

ROOT = Path(__file__).parents[3]


def _connection(proxmox: RunningProxmox) -> http.client.HTTPSConnection:
    context = ssl.create_default_context(cafile=proxmox.ca_file)
    return http.client.HTTPSConnection("127.0.0.1", proxmox.port, context=context, timeout=10)


def test_the_error_text_is_the_reason_phrase_and_stands_in_the_body(proxmox: RunningProxmox) -> None:
    connection = _connection(proxmox)
    connection.request("GET", "/api2/json/version")
    answer = connection.getresponse()
    assert (answer.status, answer.reason) == (401, "No ticket")
    assert json.loads(answer.read()) == {"data": None, "message": "No ticket"}


def test_chunked_and_long_bodies_are_refused(proxmox: RunningProxmox) -> None:
    connection = _connection(proxmox)
    connection.request("POST", "/api2/json/pools", body=iter([b"poolid=a"]), encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.reason) == (501, "chunked transfer encoding not supported")
    connection = _connection(proxmox)
    connection.request("POST", "/api2/json/pools", body=b"comment=" + b"x" * 600_000)
    answer = connection.getresponse()
    assert (answer.status, answer.reason) == (501, "for data too large")


def test_an_upload_without_a_file_is_refused(admin: Api) -> None:
    from provision.proxmox.errors import ParametersError

    with pytest.raises(ParametersError, match="missing temporary file name"):
        admin.write("post", "nodes/pve-1/storage/images/upload", "upload", {"content": "iso", "filename": "a.iso"})


def _control(proxmox: RunningProxmox, verb: str, path: str, body: object = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", proxmox.control_port, timeout=10)
    text = body if isinstance(body, bytes | None) else json.dumps(body)
    connection.request(verb, path, body=text, headers={"Content-Type": "application/json"} if text else {})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_the_control_port_shows_and_turns_everything(proxmox: RunningProxmox, admin: Api) -> None:
    admin.write("post", "pools", "make", {"poolid": "a"})
    status, site = _control(proxmox, "GET", "/site")
    assert (status, list(site["pools"])) == (200, ["a"])
    assert "POST /pools" in _control(proxmox, "GET", "/calls")[1]
    site["pools"] = {"b": {"comment": "", "vms": []}}
    assert _control(proxmox, "PUT", "/site", site) == (200, {})
    assert list(proxmox.site.pools) == ["b"]
    assert _control(proxmox, "POST", "/faults", {"kind": "cut-before", "match": "x"})[0] == 200
    assert [fault["kind"] for fault in _control(proxmox, "GET", "/faults")[1]] == ["cut-before"]
    assert _control(proxmox, "POST", "/faults", {"kind": "nonsense"})[0] == 400
    assert _control(proxmox, "POST", "/faults", {"unknown": 1})[0] == 400
    _control(proxmox, "DELETE", "/faults")
    assert _control(proxmox, "GET", "/faults")[1] == []
    before = _control(proxmox, "POST", "/clock", {"rate": 0})[1]["now"]
    assert _control(proxmox, "POST", "/clock", {"advance": 10})[1]["now"] == pytest.approx(before + 10)
    old = proxmox.fingerprint
    assert _control(proxmox, "POST", "/certificate")[1]["fingerprint"] == proxmox.fingerprint != old


def _start(folder: Path, *more: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    command = [sys.executable, "-m", "tests.simulators.proxmox", "--folder", str(folder), "--rate", "200", *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def _api(where: dict[str, str]) -> Api:
    return Api([where["url"]], Login(ADMIN, Secret(ADMIN_PASSWORD)), CaFile(Path(where["ca"])), pace=QUICK)


def test_the_simulator_outlives_its_clients_and_keeps_its_state(tmp_path: Path) -> None:
    process, where = _start(tmp_path, "--state", str(tmp_path / "site.json"), "--hosts", "1")
    try:
        env_lock.acquire(_api(where), "prod", Holder("ops", "laptop", "now", "n"))
        killed = subprocess.Popen(
            [sys.executable, "-c", _CLIENT, where["url"], where["ca"]],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tofu-free-infra'}"},
            stdout=subprocess.PIPE,
        )
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"started\n"
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
        spec = talos_spec(disks=(DiskSpec("scsi0", "fast", 10, "system"),))
        assert vms.create(_api(where), spec).name == "talos-1"
        with urllib.request.urlopen(where["control"] + "/site", timeout=10) as answer:
            site = json.loads(answer.read())
        assert [task["type"] for task in site["tasks"].values()] == ["qmcreate"]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    process, where = _start(tmp_path, "--state", str(tmp_path / "site.json"))
    try:
        held = env_lock.read(_api(where), "prod")
        assert held is not None
        assert held.holder == Holder("ops", "laptop", "now", "n")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


_CLIENT = """
import sys
from pathlib import Path
from provision.proxmox import Api, CaFile, Login, Secret, pools, vms
from tests.provision.proxmox.site import QUICK, talos_spec
from provision.proxmox.vm_spec import DiskSpec

class Say:
    def dispatched(self, upid, doing):
        print("started", flush=True)
        import time
        time.sleep(60)
    def waiting(self, doing, reason, waited_s):
        pass

api = Api([sys.argv[1]], Login("root@pam", Secret("simulated-root")), CaFile(Path(sys.argv[2])), pace=QUICK)
pools.ensure(api, "prod")
vms.create(api.watched_by(Say()), talos_spec(disks=(DiskSpec("scsi0", "fast", 10, "system"),)))
"""


def test_serving_ends_with_the_block(proxmox: RunningProxmox) -> None:
    started = time.monotonic()
    assert proxmox.url.startswith("https://127.0.0.1:")
    assert time.monotonic() - started < 5
