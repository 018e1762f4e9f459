"""Texts that containers mount: ConfigMaps, keys and the digits that roll a pod."""

import hashlib
import re
from collections.abc import Iterator

from generator.catalogue.service import Component, Container, File, Json, Service
from generator.chart.error import ChartError
from generator.chart.scope import Printed, Scope, workloads_of

_NOT_IN_KEYS = re.compile(r"[^-._a-zA-Z0-9]")
_LONGEST_KEY = 253
_USUAL_MODE = "0444"
PLAIN_VOLUME = "files"
SECRET_VOLUME = "secret-files"


def build_files(scope: Scope, service: Service) -> Iterator[Printed]:
    """ConfigMaps of files, one per workload, and of dashboards, one per file."""
    for component in workloads_of(service):
        data = {
            file_key(container, file): text_of(service.name, file)
            for container, file in _files(component)
            if file.secret is None
        }
        if data:
            yield "ConfigMap", f"{component.workload}-{PLAIN_VOLUME}", {"component": component.name, "data": data}
    for file in service.dashboards:
        name = file.path.rpartition("/")[2]
        stem = _NOT_IN_KEYS.sub("-", name.removesuffix(".json")).lower().strip("-._")
        body = {"labels": {"grafana_dashboard": "1"}, "data": {name: text_of(service.name, file)}}
        yield "ConfigMap", f"{service.name}-dashboard-{stem}", body


def text_of(service: str, file: File) -> str:
    if file.text is None:
        raise ChartError(f"{file.place}: file {file.path!r} of {service!r} has no text")
    return file.text


def _files(component: Component) -> Iterator[tuple[Container, File]]:
    return ((container, file) for container in component.containers for file in container.files.values())


def file_key(container: Container, file: File) -> str:
    """The ConfigMap key of a file: container and path, with digits where letters were lost."""
    plain = f"{container.name}{file.path}"
    key = _NOT_IN_KEYS.sub("_", plain)
    if key.replace("_", "/") == plain.replace("_", "/") and "_" not in plain and len(key) <= _LONGEST_KEY:
        return key
    return f"{key[-200:]}.{hashlib.sha256(plain.encode()).hexdigest()[:6]}"


def file_mounts(container: Container) -> Iterator[Json]:
    """Each file by itself, so that the folder around it stays what the image has."""
    for file in container.files.values():
        if file.secret is not None:
            yield {"name": SECRET_VOLUME, "mountPath": file.path, "subPath": file.secret.object_key, "readOnly": True}
        else:
            key = file_key(container, file)
            yield {"name": PLAIN_VOLUME, "mountPath": file.path, "subPath": key, "readOnly": True}


def file_volumes(secret: str, component: Component) -> Iterator[Json]:
    """The volumes behind the mounted files."""
    plain = [(file_key(container, file), file) for container, file in _files(component) if file.secret is None]
    if plain:
        source: Json = {"name": f"{component.workload}-{PLAIN_VOLUME}", "defaultMode": int(_USUAL_MODE, 8)}
        yield {"name": PLAIN_VOLUME, "source": {"configMap": source | _modes(plain)}}
    hidden = [(file.secret.object_key, file) for _, file in _files(component) if file.secret is not None]
    if hidden:
        source = {"secretName": secret, "defaultMode": int(_USUAL_MODE, 8)}
        yield {"name": SECRET_VOLUME, "source": {"secret": source | _modes(hidden)}}


def _modes(files: list[tuple[str, File]]) -> Json:
    """`items` only where a mode is not the usual one: naming one key means naming all."""
    if all(file.mode == _USUAL_MODE for _, file in files):
        return {}
    return {"items": [{"key": key, "path": key, "mode": int(file.mode, 8)} for key, file in files]}


def checksum(service: str, component: Component) -> str | None:
    """Digits of every text that the pod mounts; a mounted subPath is never updated in place."""
    digest = hashlib.sha256()
    found = False
    for container, file in _files(component):
        if file.secret is None:
            found = True
            for part in (container.name, file.path, text_of(service, file)):
                digest.update(part.encode())
                digest.update(b"\0")
    return digest.hexdigest()[:12] if found else None
