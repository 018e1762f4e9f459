"""Build the NoCloud seed of a plain VM: an ISO labelled `cidata`, the same bytes for the same texts.

Proxmox' own cloud-init cannot install packages, and snippets cannot be uploaded: facts provisioning-more.md 0.1, 0.2.
"""

import hashlib
import io
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pycdlib
from pycdlib import dates, headervd
from pycdlib import pycdlib as image_writer

_MADE_AT = 1_735_689_600.0
"""The time that every file of every seed bears: the start of 2025, UTC."""
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class SeedSpec:
    """What a plain VM gets at its first boot."""

    host_name: str
    address: str
    gateway: str
    mac: str
    nameservers: tuple[str, ...]
    search_domain: str | None
    user: str
    ssh_keys: tuple[str, ...]
    packages: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed ISO; the name is made of the hash of its texts, so a change is another file."""

    file: str
    content: bytes

    @property
    def sha512(self) -> str:
        """Return the checksum for the upload."""
        return hashlib.sha512(self.content).hexdigest()


def texts(spec: SeedSpec) -> dict[str, str]:
    """Return the three files of the seed. JSON is YAML, and has one way to write a thing."""
    user_data: dict[str, Any] = {
        "hostname": spec.host_name,
        "manage_etc_hosts": True,
        "ssh_pwauth": False,
        "users": [_user(spec.user, spec.ssh_keys)],
    }
    if spec.packages:
        user_data.update(package_update=True, packages=list(spec.packages))
    if "qemu-guest-agent" in spec.packages:
        user_data["runcmd"] = [["systemctl", "enable", "--now", "qemu-guest-agent"]]
    if spec.files:
        user_data["write_files"] = [{"path": path, "content": text} for path, text in sorted(spec.files.items())]
    user, network = "#cloud-config\n" + _json(user_data), _json(_network(spec))
    identity = hashlib.sha256((user + network).encode()).hexdigest()[:16]
    meta = _json({"instance-id": f"{spec.host_name}-{identity}", "local-hostname": spec.host_name})
    return {"meta-data": meta, "network-config": network, "user-data": user}


def _user(name: str, keys: Sequence[str]) -> dict[str, Any]:
    return {
        "name": name,
        "groups": ["sudo"],
        "sudo": "ALL=(ALL) NOPASSWD:ALL",
        "shell": "/bin/bash",
        "lock_passwd": True,
        "ssh_authorized_keys": list(keys),
    }


def _network(spec: SeedSpec) -> dict[str, Any]:
    resolver: dict[str, Any] = {"addresses": list(spec.nameservers)}
    if spec.search_domain is not None:
        resolver["search"] = [spec.search_domain]
    card = {
        "match": {"macaddress": spec.mac.lower()},
        "addresses": [spec.address],
        "routes": [{"to": "default", "via": spec.gateway}],
        "nameservers": resolver,
    }
    return {"version": 2, "ethernets": {"nic0": card}}


def _json(value: object) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def build(spec: SeedSpec) -> Seed:
    """Return the seed ISO of a VM."""
    files = texts(spec)
    digest = hashlib.sha256("".join(f"{name}\0{text}\0" for name, text in files.items()).encode()).hexdigest()[:16]
    return Seed(f"seed-{spec.host_name}-{digest}.iso", _iso(files))


@contextmanager
def _time_stands_still() -> Iterator[None]:
    """Stand in for the `time` module inside the ISO writer, which asks it for now and has no parameter for it."""
    still = SimpleNamespace(time=lambda: _MADE_AT, localtime=time.gmtime, gmtime=time.gmtime, strftime=time.strftime)
    names = [vars(module) for module in (dates, headervd, image_writer)]
    with _ONE_AT_A_TIME:
        for name in names:
            name["time"] = still
        try:
            yield
        finally:
            for name in names:
                name["time"] = time


def _iso(files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with _time_stands_still():
        iso = pycdlib.PyCdlib()
        iso.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident="cidata")
        for name, text in files.items():
            body = text.encode()
            # The plain name is for ISO 9660 level 3 only; Linux reads the Rock Ridge one.
            plain = name.upper().replace("-", "_")
            iso.add_fp(io.BytesIO(body), len(body), f"/{plain}.;1", rr_name=name, joliet_path=f"/{name}")
        iso.write_fp(out)
        iso.close()
    return out.getvalue()
