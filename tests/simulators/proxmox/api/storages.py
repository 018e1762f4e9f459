"""Storages and their content. Source: facts p 1.2, m 1.4, 1.7 (PS API2/Storage/Status.pm)."""

import hashlib
import re
from base64 import b64encode
from typing import Any

from .. import rights, volumes
from ..engine import Call
from ..refusal import refuse, refuse_parameters
from ..state import Storage

_SEE = ("Datastore.Audit", "Datastore.AllocateSpace")
_SUFFIX = {
    "iso": r".+\.(iso|img)",
    "import": r"[A-Za-z0-9_.+-]+\.(qcow2|raw|vmdk|ova)",
    "vztmpl": r".+\.tar\.(gz|xz|zst)",
}


def configured(call: Call) -> list[dict[str, Any]]:
    """List how the storages are configured."""
    return [
        {
            "storage": place.id,
            "type": place.type,
            "content": ",".join(place.content),
            "shared": int(place.shared),
            **({"nodes": ",".join(place.nodes)} if place.nodes else {}),
            **place.settings,
        }
        for place in call.site.storages.values()
        if rights.may(call.site, call.who, f"/storage/{place.id}", "Datastore.Audit")
    ]


def _row(place: Storage, node: str) -> dict[str, Any]:
    used = volumes.used(place, node)
    return {
        "storage": place.id,
        "type": place.type,
        "content": ",".join(place.content),
        "active": 1,
        "enabled": 1,
        "shared": int(place.shared),
        "total": place.total,
        "used": used,
        "avail": place.total - used,
    }


def index(call: Call) -> list[dict[str, Any]]:
    """List the storages of a host that the caller may see."""
    wanted = call.values.get("content")
    return [
        _row(place, call.node)
        for place in call.site.storages.values()
        if place.on(call.node)
        and (wanted is None or wanted in place.content)
        and call.values.get("storage") in (None, place.id)
        and rights.may(call.site, call.who, f"/storage/{place.id}", *_SEE)
    ]


def content(call: Call) -> list[dict[str, Any]]:
    """List the volumes of a storage."""
    place = volumes.storage(call.site, call.names["storage"], call.node)
    rows = []
    for volume in place.volumes:
        if volume.node not in (None, call.node) or call.values.get("content") not in (None, volume.content):
            continue
        if call.values.get("vmid") not in (None, str(volume.vmid)):
            continue
        row: dict[str, Any] = {"volid": volume.volid, "format": volume.format, "size": volume.size}
        row.update(content=volume.content, ctime=volume.ctime)
        if volume.vmid is not None:
            row["vmid"] = volume.vmid
        rows.append(row)
    return rows


def _target(call: Call) -> tuple[Storage, str, str]:
    place = volumes.storage(call.site, call.names["storage"], call.node)
    kind = call.values["content"]
    if not place.file_based:
        raise refuse("storage-not-file", type=place.type)
    if kind not in place.content:
        raise refuse("storage-content", storage=place.id, content=kind)
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", call.values["filename"])
    if not re.fullmatch(_SUFFIX[kind], name):
        wrong = "invalid filename or wrong extension" if kind == "import" else "wrong file extension"
        raise refuse_parameters({"filename": wrong})
    return place, f"{place.id}:{kind}/{name}", name


def download(call: Call) -> str:
    """Let the storage fetch a URL."""
    place, volid, name = _target(call)
    kind = call.values["content"]
    if "compression" in call.values and kind != "iso":
        raise refuse_parameters({"compression": f"decompression not supported for {kind}"})
    job = {
        "kind": "download",
        "storage": place.id,
        "volid": volid,
        "content": kind,
        "url": call.values["url"],
        "checksum": call.values.get("checksum", "").lower(),
        "format": name.rpartition(".")[2],
    }
    return call.task("download", name, job, [f"downloading {call.values['url']} to {volid}"])


def upload(call: Call) -> str:
    """Take a file; one of that name is overwritten."""
    place, volid, name = _target(call)
    if call.upload is None:
        raise refuse_parameters({"filename": "missing temporary file name"})
    kind = call.values.get("checksum-algorithm", "sha512")
    job = {
        "kind": "upload",
        "storage": place.id,
        "volid": volid,
        "content": call.values["content"],
        "size": len(call.upload),
        "checksum": call.values.get("checksum", "").lower(),
        "sha512": hashlib.new(kind, call.upload).hexdigest(),
        "format": name.rpartition(".")[2],
        "body": b64encode(call.upload).decode(),
    }
    return call.task("imgcopy", "", job, [f"file size is: {len(call.upload)}"])


def remove(call: Call) -> str:
    """Delete a volume."""
    name = call.names["volume"]
    volid = name if ":" in name else f"{call.names['storage']}:{name}"
    if volumes.find(call.site, volid, call.node) is None:
        raise refuse("no-volume", volume=volid)
    return call.task("imgdel", f"@{call.names['storage']}", {"kind": "remove-volume", "volid": volid})
