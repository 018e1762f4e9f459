"""Texts that services mount from the `files/` folder of their domain."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from generator.catalogue.service import Component, Container, File, Service
from generator.finding import Finding

MAX_BYTES = 900_000  # a ConfigMap holds 1 MiB with its metadata


def attach_files(service: Service, root: Path) -> tuple[Service, list[Finding]]:
    """Return the service with the text of every `source` read from its domain's folder."""
    findings: list[Finding] = []
    read = partial(_read, root / PurePosixPath(service.path).parent, findings)
    if not service.dashboards and not any(_sources(component) for component in service.components.values()):
        return service, findings
    components = {name: _component(component, read) for name, component in service.components.items()}
    return replace(
        service, components=components, dashboards=tuple(read(item) for item in service.dashboards)
    ), findings


def _sources(component: Component) -> bool:
    return any(item.source for container in component.containers for item in container.files.values())


def _component(component: Component, read: Callable[[File], File]) -> Component:
    if not _sources(component):
        return component
    main = component.container
    return replace(
        component,
        container=_container(main, read) if main else None,
        init_containers={name: _container(item, read) for name, item in component.init_containers.items()},
    )


def _container(container: Container, read: Callable[[File], File]) -> Container:
    return replace(container, files={path: read(item) for path, item in container.files.items()})


def _read(folder: Path, findings: list[Finding], item: File) -> File:
    if item.source is None:
        return item
    fault = None
    text = ""
    path = folder / item.source
    allowed = (folder / "files").resolve()
    try:
        if not path.resolve().is_relative_to(allowed):
            fault = f"file {item.source!r} lies outside the domain's files/"
        elif path.stat().st_size > MAX_BYTES:
            fault = f"file {item.source!r} has {path.stat().st_size} bytes, at most {MAX_BYTES} fit into a ConfigMap"
        else:
            text = path.read_text(encoding="utf-8")
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its links go round in a circle"
        fault = f"file {item.source!r} cannot be read: {reason}"
    except UnicodeDecodeError:
        fault = f"file {item.source!r} is not UTF-8"
    if fault is not None:
        findings.append(Finding(item.place, "catalogue/file", fault, "put a text file there, or correct the path"))
    return replace(item, text=text)
