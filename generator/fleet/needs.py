"""What `needs` becomes: variables, secrets, databases, buckets, and the edge to the provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from generator.catalogue.gaps import SITE
from generator.catalogue.read import Notes
from generator.catalogue.service import MAIN, Call, Component, Container, Need, SecretRef, Service
from generator.catalogue.site import Site
from generator.catalogue.suggest import did_you_mean
from generator.fleet.model import Bucket, Database
from generator.fleet.names import has_service, host_of, service_port
from generator.fleet.unknown import note_chart_service

PASSWORD_KEY = "POSTGRES_PASSWORD"  # the name of a key in the store, not a password
_BUCKET_KEYS = {"access_key_id": "BUCKET_ACCESS_KEY_ID", "secret_access_key": "BUCKET_SECRET_ACCESS_KEY"}


@dataclass(slots=True)
class Filled:
    """What the needs of the fleet come to."""

    services: dict[str, Service] = field(default_factory=dict)
    calls: dict[str, tuple[Call, ...]] = field(default_factory=dict)
    databases: list[Database] = field(default_factory=list)
    buckets: list[Bucket] = field(default_factory=list)


def fill_needs(services: Mapping[str, Service], known: Mapping[str, Service], site: Site, notes: Notes) -> Filled:
    """Give each container the variables of its needs. `known` includes services that are off."""
    filled = Filled()
    for service in services.values():
        if not any(component.needs for component in service.components.values()):
            filled.services[service.name] = service
            continue
        calls: list[Call] = []
        components = {}
        for name, component in service.components.items():
            changed = component
            for need in component.needs.values():
                provider = _provider(service, need, known, site, notes)
                if provider is not None:
                    changed = _give(changed, service, need, provider, site, filled, notes)
                    calls.append(Call(provider.name, provider.provides[need.kind].port, need.place))
            components[name] = changed
        filled.calls[service.name] = tuple(dict.fromkeys(calls))
        filled.services[service.name] = replace(service, components=components)
    filled.databases = sorted(set(filled.databases), key=lambda item: (item.cluster, item.name))
    filled.buckets = sorted(set(filled.buckets), key=lambda item: (item.provider, item.name))
    return filled


def database_name(service: str) -> str:
    return service.replace("-", "_")


def _provider(service: Service, need: Need, known: Mapping[str, Service], site: Site, notes: Notes) -> Service | None:
    name = need.provider or site.providers.get(need.kind)
    if name is None:
        message = f"{service.name!r} needs {need.kind}, the site names no provider"
        fix = f"add `providers: {{{need.kind}: …}}` to values/site.yaml"
        if not notes.may_have(service.name, "from"):
            notes.error(need.place, "fleet/no-provider", message, fix, lacks=(SITE, "providers"))
        return None
    provider = known.get(name)
    if provider is None and name in notes.unread:
        return None
    if provider is None or need.kind not in provider.provides:
        state = f"does not exist{did_you_mean(name, known)}" if provider is None else f"provides no {need.kind}"
        message = f"{service.name!r} needs {need.kind} from {name!r}, which {state}"
        fix, lacks = "name a service that provides it", (name, "provides", "postgres")
        notes.error(need.place, "fleet/no-provider", message, fix, lacks=lacks)
        return None
    found = provider.port(provider.provides[need.kind].port)
    if found is not None and not has_service(provider, found[1]):
        said = f"{service.name!r} needs {need.kind} at port {found[1].name!r}"
        note_chart_service(notes, need.place, said, provider, found[1])
        return None
    return provider


def _give(
    component: Component, service: Service, need: Need, provider: Service, site: Site, filled: Filled, notes: Notes
) -> Component:
    facts, secrets = _facts(service, need, provider, site, _own(component, service, need))
    _register(service, need, provider, facts, filled)
    env: dict[str, str] = {}
    refs: dict[str, SecretRef] = {}
    for variable, key in need.env.items():
        place = component.tree.child("needs").child(need.kind).child("env").value_place(variable)
        if key in secrets:
            refs[variable] = replace(secrets[key], place=place)
        elif key in facts:
            env[variable] = facts[key]
        else:
            message = f"{service.name!r} asks {need.kind} for {key!r}, which it does not give"
            notes.error(place, "fleet/unknown-need-key", message, f"write one of {', '.join([*facts, *secrets])}")
    if component.container is None:
        for variable in env:
            place = component.tree.child("needs").child(need.kind).child("env").key_place(variable)
            message = f"{variable!r} is no secret, and a chart gets only a Secret from `needs`"
            notes.error(
                place,
                "fleet/plain-need-of-chart",
                message,
                f"write ${{host:{provider.name}}} or the value into `chart.values`",
            )
        return replace(component, secrets={**component.secrets, **refs})
    container: Container = component.container
    for variable in need.env:
        if variable in container.env or variable in container.secrets:
            place = component.tree.child("needs").child(need.kind).child("env").key_place(variable)
            message = f"variable {variable!r} of {container.name!r} in {service.name!r} is set twice, once by `needs`"
            notes.error(place, "fleet/variable-twice", message, "keep one of them")
    own_env = {**env, **container.env}
    return replace(component, container=replace(container, env=own_env, secrets={**refs, **container.secrets}))


def _own(component: Component, service: Service, need: Need) -> str:
    """What sets the URI of a component's own need apart from that of the main one, which it may inherit."""
    shared = component.name == MAIN or (service.main is not None and service.main.needs.get(need.kind) == need)
    return "" if shared else f"{component.name}."


def _facts(
    service: Service, need: Need, provider: Service, site: Site, own: str
) -> tuple[dict[str, str], dict[str, SecretRef]]:
    """Plain values and secrets that the provider gives this service."""
    provided = provider.provides[need.kind]
    found = provider.port(provided.port)
    component, port = found if found else (provider.main, None)
    number = str(service_port(port)) if port else ""
    host = host_of(provider, component, port, site.kubernetes.cluster_domain)
    item = f"{service.domain}/{service.name}"
    facts = {"host": host, "port": number}
    if need.kind == "postgres":
        name = database_name(service.name)
        password = SecretRef(item, PASSWORD_KEY, PASSWORD_KEY, need.place)
        uri = f"postgresql://{name}:{{value}}@{host}:{number}/{name}"
        facts |= {"dbname": name, "username": name}
        return facts, {"password": password, "uri": replace(password, object_key=f"{own}POSTGRES_URI", template=uri)}
    if need.kind == "valkey":
        facts |= {"dbname": str(need.database or 0), "username": "default"}
        if provided.password is None:
            facts["uri"] = f"redis://{host}:{number}/{need.database or 0}"
            return facts, {}
        password = SecretRef(
            f"{provider.domain}/{provider.name}", provided.password, f"{provider.name}.{provided.password}", need.place
        )
        uri = f"redis://:{{value}}@{host}:{number}/{need.database or 0}"
        return facts, {"password": password, "uri": replace(password, object_key=f"{own}VALKEY_URI", template=uri)}
    facts |= {"bucket": service.name, "endpoint": f"http://{host}:{number}"}
    if provided.region is not None:
        facts["region"] = provided.region
    return facts, {key: SecretRef(item, store, store, need.place) for key, store in _BUCKET_KEYS.items()}


def _register(service: Service, need: Need, provider: Service, facts: Mapping[str, str], filled: Filled) -> None:
    if need.kind == "postgres":
        filled.databases.append(
            Database(provider.name, facts["dbname"], service.name, PASSWORD_KEY, need.extensions, need.place)
        )
    elif need.kind == "bucket":
        filled.buckets.append(Bucket(provider.name, facts["bucket"], service.name, need.place))
