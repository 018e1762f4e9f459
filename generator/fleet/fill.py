"""Finish each service for its environment: references, secret owners, variables in order."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cache
from operator import attrgetter
from typing import TypeVar

from generator.catalogue.gaps import SITE
from generator.catalogue.read import Notes
from generator.catalogue.service import Component, Container, File, Json, SecretRef, Service
from generator.catalogue.suggest import did_you_mean
from generator.finding import Place
from generator.fleet.reference import References
from generator.source import place_at

Part = TypeVar("Part")

_VARIABLE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_WINDOW_S = 300
_LONGEST_WINDOW_S = 1800


def fill_service(service: Service, references: References, steps: int) -> Service:
    """Return the service with every reference filled in and start-up windows widened."""
    components = {
        name: _component(service, component, references, steps) for name, component in service.components.items()
    }
    chart = service.chart
    if chart is not None and _mentions(chart.values):
        values = references.fill_tree(
            chart.values, service, lambda path: place_at(service.tree, ("chart", "values", *path))
        )
        chart = replace(chart, values=values)
    objects = (
        references.fill_tree(dict(service.objects), service, lambda path: place_at(service.tree, ("objects", *path)))
        if _mentions(service.objects)
        else service.objects
    )
    return _with(service, components=_same_or(service.components, components), chart=chart, objects=objects)


def _mentions(values: object) -> bool:
    """Say whether a reference stands somewhere in plain data: a walk for one costs 20 times as much."""
    return "${" in repr(values)


def _same_or(old: Mapping[str, Part], new: dict[str, Part]) -> Mapping[str, Part]:
    return old if all(new[name] is item for name, item in old.items()) else new


def _with(part: Part, **changed: object) -> Part:
    """Return `part` with its fields changed: itself where none is, which saves a copy of most of a fleet."""
    if all(getattr(part, name) is value for name, value in changed.items()):
        return part
    kind: type[Part] = type(part)
    names, values_of = _fields(kind)  # type: ignore[arg-type]  # every type can be a key
    return kind(**{**dict(zip(names, values_of(part), strict=True)), **changed})


@cache
def _fields(kind: type) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    """The names of a dataclass' fields, and what reads all of them: `replace` asks each time what they are."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


def _component(service: Service, component: Component, references: References, steps: int) -> Component:
    main = component.container
    init_containers = {
        name: _container(service, item, references, steps) for name, item in component.init_containers.items()
    }
    return _with(
        component,
        container=_container(service, main, references, steps) if main is not None else None,
        init_containers=_same_or(component.init_containers, init_containers),
        secrets=_secrets(component.secrets, service, references),
        metrics=replace(component.metrics, bearer=_secret(component.metrics.bearer, service, references))
        if component.metrics is not None and component.metrics.bearer is not None
        else component.metrics,
    )


def _container(service: Service, container: Container, references: References, steps: int) -> Container:
    tree = container.tree
    env_tree = tree.child("env")
    env: Mapping[str, str | Json] = container.env
    if _mentions(env):
        env = {
            name: references.fill(value, service, env_tree.value_place(name)) if isinstance(value, str) else value
            for name, value in env.items()
        }
    _check_once(service, container, references.notes)
    return _with(
        container,
        env=_in_order(service, container, env, references.notes),
        args=_texts(container.args, service, references, container, "args"),
        command=_texts(container.command, service, references, container, "command"),
        secrets=_secrets(container.secrets, service, references),
        files=_same_or(
            container.files, {path: _file(item, service, references) for path, item in container.files.items()}
        ),
        probes=_widen(container, steps),
    )


def _texts(
    texts: tuple[str, ...] | None, service: Service, references: References, container: Container, key: str
) -> tuple[str, ...] | None:
    if texts is None or not _mentions(texts):
        return texts
    return tuple(
        references.fill(text, service, place_at(container.tree, (key, index))) for index, text in enumerate(texts)
    )


def _secrets(secrets: Mapping[str, SecretRef], service: Service, references: References) -> Mapping[str, SecretRef]:
    return _same_or(secrets, {name: _secret(ref, service, references) for name, ref in secrets.items()})


def _file(item: File, service: Service, references: References) -> File:
    return replace(item, secret=_secret(item.secret, service, references)) if item.secret is not None else item


def _secret(ref: SecretRef, service: Service, references: References) -> SecretRef:
    """Say whose the secret is: a shared item as it stands, a service's under its domain."""
    if "/" in ref.owner or ref.owner in references.site.secret_store.shared:
        return ref
    owner = references.services.get(ref.owner)
    if owner is None and ref.owner in references.notes.unread:
        return ref
    if owner is None:
        known = {*references.services, *references.site.secret_store.shared}
        message = (
            f"secret {ref.owner}/{ref.key} belongs to no service and no shared item{did_you_mean(ref.owner, known)}"
        )
        fix = "name a service, or an item of `secret_store.shared`"
        references.notes.error(ref.place, "fleet/unknown-secret-owner", message, fix, lacks=(SITE, "secret_store"))
        return ref
    if owner.name not in references.reachable.get(service.name, frozenset()):
        message = f"{service.name!r} takes secret {ref.owner}/{ref.key} without an edge to {ref.owner!r}"
        fix, lacks = f"add {ref.owner!r} to `talks_to`", (service.name, "talks_to", "needs")
        references.notes.error(ref.place, "fleet/secret-without-edge", message, fix, lacks=lacks)
    return SecretRef(f"{owner.domain}/{owner.name}", ref.key, ref.object_key, ref.place, ref.template)


def _check_once(service: Service, container: Container, notes: Notes) -> None:
    for name in container.tree.child("env").keys() & container.tree.child("secrets").keys():
        place = container.tree.child("env").key_place(name)
        message = f"variable {name!r} of {container.name!r} in {service.name!r} is set twice, by `env` and by a secret"
        notes.error(place, "fleet/variable-twice", message, "keep one of them")


def _in_order(
    service: Service, container: Container, env: Mapping[str, str | Json], notes: Notes
) -> Mapping[str, str | Json]:
    """Order variables so that each `$(NAME)` is set before it is used; secrets stand first."""
    if "$(" not in repr((env, container.args, container.command)):
        return env
    uses: dict[str, list[str]] = {}
    for name, value in env.items():
        names = (
            [match for match in _VARIABLE.findall(value) if match] if isinstance(value, str) and "$(" in value else []
        )
        place = container.tree.child("env").value_place(name)
        _check_known(service, container, names, {*env, *container.secrets}, place, notes)
        uses[name] = [used for used in names if used in env]
    for key in ("args", "command"):
        for index, text in enumerate(getattr(container, key) or ()):
            names = [match for match in _VARIABLE.findall(text) if match] if "$(" in text else []
            _check_known(
                service, container, names, {*env, *container.secrets}, place_at(container.tree, (key, index)), notes
            )
    if not any(uses.values()):
        return env
    ordered: dict[str, str | Json] = {}
    waiting = list(env)
    while waiting:
        ready = [name for name in waiting if all(used in ordered for used in uses[name])]
        if not ready:
            circle = _circle(uses, waiting)
            place = container.tree.child("env").value_place(circle[0])
            message = f"variables of {container.name!r} lead back to where they began: {' -> '.join(circle)}"
            notes.error(place, "fleet/variable-cycle", message, "write one of them out")
            return env
        ordered |= {name: env[name] for name in ready}
        waiting = [name for name in waiting if name not in ordered]
    return ordered


def _circle(uses: Mapping[str, list[str]], waiting: list[str]) -> list[str]:
    """A circle among variables of which each waits for another one."""
    path = [waiting[0]]
    while path.count(path[-1]) == 1:
        path.append(next(used for used in uses[path[-1]] if used in waiting))
    return path[path.index(path[-1]) :]


def _check_known(
    service: Service, container: Container, names: list[str], known: set[str], place: Place, notes: Notes
) -> None:
    for name in names:
        if name not in known:
            guess = did_you_mean(name, known)
            message = f"$({name}) is no variable of container {container.name!r} in {service.name!r}{guess}"
            fix, lacks = "name one of its variables; $$( writes a literal $(", (service.name, "env", "secrets", "needs")
            notes.error(place, "fleet/unknown-variable", message, fix, lacks=lacks)


def _widen(container: Container, steps: int) -> Mapping[str, Json]:
    """Nothing waits for order after a power cut: give start-up 300 s per step below, 30 min at most."""
    startup = container.probes.get("startup")
    stated = container.tree.child("probes").child("startup")
    if startup is None or "failureThreshold" in stated or steps == 0:
        return container.probes
    window = min(_WINDOW_S * (1 + steps), _LONGEST_WINDOW_S)
    return {
        **container.probes,
        "startup": {**startup, "failureThreshold": max(1, window // int(startup["periodSeconds"]))},
    }
