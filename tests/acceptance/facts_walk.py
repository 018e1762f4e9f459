"""Which facts of a catalogue row stand in the finished service: the rules of tests/facts/README.md."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from generator.catalogue.service import Container, Service

Row = Mapping[str, Any]
Fact = tuple[str, Any]
_HOST = re.compile(r"[*\w.-]+\.[a-z]{2,}(?=$|[\s(,:])")


def facts_of(row: Row) -> Iterator[tuple[str, Fact]]:
    """Yield (id, (kind, details)) for every fact of an application row."""
    for port in row["ports"]:
        yield f"port/{port['name']}", ("port", port)
    for name, probe in row["probes"].items():
        if probe["type"] != "none":
            yield f"probe/{name}", ("probe", (name, probe))
    for volume in row["storage"]:
        yield f"volume/{volume['name']}", ("volume", volume)
    for path in row["security"]["writable_emptydirs"]:
        yield f"writable/{path}", ("writable", path)
    for group, label in (("secret", "secret"), ("config", "env")):
        for name in row["env"][group]:
            yield f"{label}/{name}", ("variable", name)
    for text in row["egress"]["destinations"]:
        yield f"egress/{text}", ("egress", text)
    for dependency in row["dependencies"]:
        yield f"dependency/{dependency['service']}", ("dependency", dependency["service"])
    if row["metrics"]["kind"] != "none":
        yield "metrics", ("metrics", row["metrics"])


def stands(fact: Fact, service: Service) -> bool:
    """Say whether the finished service has the fact."""
    kind, details = fact
    tests: dict[str, Callable[[Any, Service], bool]] = {
        "port": _port,
        "probe": _probe,
        "volume": _volume,
        "writable": _writable,
        "variable": _variable,
        "egress": _egress,
        "dependency": _dependency,
        "metrics": _metrics,
    }
    return tests[kind](details, service)


def _containers(service: Service) -> list[Container]:
    return [container for component in service.components.values() for container in component.containers]


def _port(port: Row, service: Service) -> bool:
    ports = {
        (entry.number, entry.protocol)
        for component in service.components.values()
        for entry in component.ports.values()
    }
    return (port["port"], port["protocol"]) in ports


def _probe(details: tuple[str, Row], service: Service) -> bool:
    name, wanted = details
    numbers = {port.name: port.number for container in _containers(service) for port in container.ports.values()}
    for container in _containers(service):
        probe = container.probes.get(name, {})
        if wanted["type"] == "http" and (get := probe.get("httpGet")):
            number = numbers.get(get["port"], get["port"])
            if (get["path"], number, get.get("scheme", "HTTP")) == (wanted["path"], wanted["port"], wanted["scheme"]):
                return True
        if wanted["type"] == "tcp" and (tcp := probe.get("tcpSocket")) and numbers.get(tcp["port"]) == wanted["port"]:
            return True
        if wanted["type"] == "exec" and " ".join(probe.get("exec", {}).get("command", ())) == wanted["command"]:
            return True
    return False


def _volume(volume: Row, service: Service) -> bool:
    if volume["kind"] == "s3":
        return _needs(service, "bucket")
    path = volume["mount_path"]
    if volume["kind"] in ("configmap", "secret"):
        files = [name for container in _containers(service) for name in container.files]
        return any(name == path or name.startswith(f"{path}/") for name in files)
    return path in {mount for mount, _ in _mounts(service)}


def _mounts(service: Service) -> list[tuple[str, bool]]:
    """(path, read only) of everything mounted in main containers."""
    volumes = [volume for component in service.components.values() for volume in component.volumes.values()]
    return [(volume.mount.path, volume.mount.read_only) for volume in volumes if volume.mount is not None]


def _writable(path: str, service: Service) -> bool:
    if path == "/tmp" and service.chart is None:  # every pod has it
        return True
    grants = [grant for component in service.components.values() for grant in component.grants.values()]
    if any(grant.allow.get("readOnlyRootFilesystem") is False for grant in grants):
        return True
    return any(
        f"{path}/".startswith(f"{mount.rstrip('/')}/") and not read_only for mount, read_only in _mounts(service)
    )


def _variable(name: str, service: Service) -> bool:
    known: set[str] = set()
    for container in _containers(service):
        known |= {*container.env, *container.secrets}
        known |= {file.secret.key for file in container.files.values() if file.secret is not None}
    for component in service.components.values():
        known |= set(component.secrets)
        for need in component.needs.values():
            known |= set(need.env)
    return name in known


def _egress(text: str, service: Service) -> bool:
    match = _HOST.match(text)
    if match is None:
        return False
    for component in service.components.values():
        for call in component.talks_to.internet:
            wide = call.where == "*" or (call.where.startswith("*.") and match.group().endswith(call.where[1:]))
            if call.port in (443, None) and (wide or call.where == match.group()):
                return True
    return False


def _needs(service: Service, kind: str) -> bool:
    return any(kind in component.needs for component in service.components.values())


def _dependency(name: str, service: Service) -> bool:
    components = service.components.values()
    if name == "nfs-media":
        return any(volume.form == "nfs" for component in components for volume in component.volumes.values())
    if name == "kubernetes-api":
        return any(
            component.talks_to.kubernetes or component.rbac_cluster or component.rbac_namespace
            for component in components
        )
    called = {call.service for component in components for call in component.talks_to.services}
    sidecars = {container for component in components for container in component.init_containers}
    return _needs(service, "bucket" if name == "s3" else name) or name in called or name in sidecars


def _metrics(wanted: Row, service: Service) -> bool:
    for component in service.components.values():
        metrics = component.metrics
        if metrics is None or metrics.path != wanted["path"]:
            continue
        numbers = {component.ports[name].number for name in metrics.ports if name in component.ports}
        runs = any(container.image.repository == wanted.get("image") for container in component.containers)
        if wanted["port"] in numbers and (wanted["kind"] != "exporter" or runs):
            return True
    return False
