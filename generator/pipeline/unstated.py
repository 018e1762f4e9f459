"""What nobody wrote of a service and holds all the same: by the format, or by the site for all."""

from collections.abc import Iterator

from generator.catalogue.service import MAIN, Component, Container, Service, Volume
from generator.catalogue.site import Site
from generator.finding import Place
from generator.fleet import Fleet
from generator.fleet.arithmetic import strategy_of
from generator.fleet.names import namespace_of
from generator.source import Map
from generator.source.tree import Path

BY_FORMAT = "default of the format"
# A path, the value, and who gave it.
Unstated = tuple[Path, object, str]

_PROBE_NUMBERS = ("timeoutSeconds", "periodSeconds", "failureThreshold")
# As charts/common/templates/_defaults.tpl prints them; a test holds both together.
JOB_DEFAULTS = {"activeDeadlineSeconds": 3600, "backoffLimit": 2}
CRON_DEFAULTS = {"concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 600}


def unstated(fleet: Fleet, service: Service) -> Iterator[Unstated]:
    """Every value of a service that no layer stated."""
    for component in service.components.values():
        prefix: Path = () if component.name == MAIN else ("components", component.name)
        for path, value, origin in _of_component(component, fleet.site):
            yield (*prefix, *path), value, origin
    yield from _of_hosts(service)
    if service.load_balancer is not None and "externalTrafficPolicy" not in service.tree.child("load_balancer"):
        yield ("load_balancer", "externalTrafficPolicy"), service.load_balancer.policy, BY_FORMAT
    if "namespace" not in service.tree and service.form != "retired":
        yield ("namespace", "name"), namespace_of(service), BY_FORMAT


def _of_component(component: Component, site: Site) -> Iterator[Unstated]:
    if component.container is None:
        return
    yield from _of_pod(component, site)
    for volume in component.volumes.values():
        yield from _of_volume(component.tree.child("storage").child(volume.name), volume, site)
    yield from _of_container(component.tree, component.container, ())
    for name, container in component.init_containers.items():
        at = component.tree.child("initContainers").child(name)
        yield from _of_container(at, container, ("initContainers", name))
    if component.metrics is not None:
        at, metrics = component.tree.child("metrics"), component.metrics
        interval = (site.monitoring.interval, _at(site.tree.child("monitoring").value_place("interval")))
        stated = {"port": metrics.ports[0], "path": metrics.path, "scheme": metrics.scheme}
        yield from ((("metrics", key), value, BY_FORMAT) for key, value in stated.items() if key not in at)
        if "interval" not in at:
            yield ("metrics", "interval"), *interval


def _of_pod(component: Component, site: Site) -> Iterator[Unstated]:
    is_job = component.kind in ("CronJob", "Job")
    found: dict[str, tuple[object, str]] = {"kind": (component.kind, BY_FORMAT)}
    if not is_job and component.kind != "DaemonSet":
        found["replicas"] = (component.replicas, BY_FORMAT)
    if not is_job:
        found["strategy"] = (strategy_of(component)["type"], BY_FORMAT)
    if component.kind == "CronJob":
        found |= {key: (value, BY_FORMAT) for key, value in CRON_DEFAULTS.items()}
        found["timeZone"] = (site.timezone, _at(site.tree.value_place("timezone")))
    if is_job:
        found |= {key: (value, BY_FORMAT) for key, value in JOB_DEFAULTS.items()}
    found["terminationGracePeriodSeconds"] = (component.grace_period_s, BY_FORMAT)
    yield from (((key,), *known) for key, known in found.items() if key not in component.tree)


def _of_volume(at: Map, volume: Volume, site: Site) -> Iterator[Unstated]:
    where: Path = ("storage", volume.name)
    if volume.form == "size":
        if "storageClassName" not in at:
            place = site.tree.child("storage").value_place("default")
            yield (*where, "storageClassName"), site.default_class, _at(place)
        if "accessModes" not in at:
            for index, mode in enumerate(volume.access_modes):
                yield (*where, "accessModes", index), mode, BY_FORMAT
    if volume.empty_dir is not None and "sizeLimit" not in at.child("emptyDir"):
        yield (*where, "emptyDir", "sizeLimit"), volume.empty_dir["sizeLimit"], BY_FORMAT


def _of_container(at: Map, container: Container, prefix: Path) -> Iterator[Unstated]:
    for name, port in container.ports.items():
        if "protocol" not in at.child("ports").child(name):
            yield (*prefix, "ports", name, "protocol"), port.protocol, BY_FORMAT
    for file in container.files.values():
        if "mode" not in at.child("files").child(file.path):
            yield (*prefix, "files", file.path, "mode"), file.mode, BY_FORMAT
    for name, probe in container.probes.items():
        stated = at.child("probes").child(name)
        yield from (
            ((*prefix, "probes", name, key), probe[key], BY_FORMAT) for key in _PROBE_NUMBERS if key not in stated
        )


def _of_hosts(service: Service) -> Iterator[Unstated]:
    for host, expose in service.expose.items():
        at = service.tree.child("expose").child(host)
        if "paths" not in at:
            ((path, port),) = expose.paths.items()
            stated = {"port": port, "path": path}
            yield from ((("expose", host, key), value, BY_FORMAT) for key, value in stated.items() if key not in at)
        if "scheme" not in at:
            yield ("expose", host, "scheme"), expose.scheme, BY_FORMAT


def _at(place: Place) -> str:
    return str(place)
