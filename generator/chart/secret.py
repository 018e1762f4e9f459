"""ExternalSecrets: the only way that a secret reaches a pod."""

from collections.abc import Iterator

from generator.catalogue.service import SecretRef, Service
from generator.chart.error import ChartError
from generator.chart.scope import Body, Printed, Scope

_BACKEND = "external-secrets"
# Stores that keep one value per path; the others keep a map per path and need a property.
_FLAT_STORES = ("infisical",)


def build_secrets(scope: Scope, service: Service) -> Iterator[Printed]:
    """The Secret of a service, with a key for every variable and file of all its components."""
    backend = scope.fleet.site.backends.secrets
    wanted = secrets_of(service)
    if wanted and backend != _BACKEND:
        raise ChartError(
            f"{service.place}: backend {backend!r} cannot give {service.name!r} its secrets; use {_BACKEND}"
        )
    if wanted:
        ordered = sorted(wanted.items())
        data = [remote(scope, key, scope.store_item(secret), secret.key) for key, secret in ordered]
        yield "ExternalSecret", service.name, external_secret(scope, data, _around(ordered))


def _around(wanted: list[tuple[str, SecretRef]]) -> Body | None:
    """The texts around values, where some key wants one; then every key must be named."""
    if all(secret.template is None for _, secret in wanted):
        return None
    texts = {}
    for key, secret in wanted:
        value = f'{{{{ index . "{key}" }}}}'
        if secret.template is not None:
            value = secret.template.replace("{value}", f'{{{{ index . "{key}" | urlquery }}}}')
        texts[key] = value
    return {"data": texts}


def secrets_of(service: Service) -> dict[str, SecretRef]:
    """Key in the Secret -> where its value lies. For a chart the names are the keys."""
    wanted: dict[str, SecretRef] = {}
    for component in service.components.values():
        wanted.update(component.secrets)
        for container in component.containers:
            references = [*container.secrets.values(), *(file.secret for file in container.files.values())]
            wanted.update({secret.object_key: secret for secret in references if secret is not None})
        if component.metrics and component.metrics.bearer:
            wanted[component.metrics.bearer.object_key] = component.metrics.bearer
    return wanted


def remote(scope: Scope, secret_key: str, item: str, key: str) -> Body:
    """Where one key comes from, as the site's kind of store addresses it."""
    if any(name in scope.fleet.site.secret_store.provider for name in _FLAT_STORES):
        return {"secretKey": secret_key, "key": f"/{item}/{key}"}
    return {"secretKey": secret_key, "key": item, "property": key}


def external_secret(scope: Scope, data: list[Body], template: Body | None = None) -> Body:
    """The values of an ExternalSecret."""
    store = scope.fleet.site.secret_store
    body: Body = {
        "refreshInterval": store.refresh_interval,
        "store": {"kind": store.kind, "name": store.name},
        "data": data,
    }
    return (
        body if template is None else body | {"template": {"engineVersion": "v2", "mergePolicy": "Replace"} | template}
    )
