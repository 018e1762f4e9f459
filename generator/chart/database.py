"""Postgres clusters, the databases that services need in them, and where their backups go."""

from collections.abc import Iterator

from generator.catalogue.service import Json, Service
from generator.catalogue.site import BackupDestination
from generator.chart.error import ChartError
from generator.chart.scope import Body, Printed, Scope
from generator.chart.secret import external_secret, remote
from generator.fleet.copies import archived_to
from generator.fleet.model import Database

# Keys that an item of a backup destination has in the secret store.
ACCESS_KEYS = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
_TLS_PORT = 443


def build_databases(scope: Scope, service: Service) -> Iterator[Printed]:
    """The cluster of a service of form `postgres`, with a database, role and Secret per user of it."""
    if service.postgres is None:
        return
    databases = scope.databases.get(service.name, ())
    for database in databases:
        user = scope.fleet.services.get(database.service)
        item = f"{user.domain}/{user.name}" if user else database.service
        data = [remote(scope, "password", item, database.secret_key)]
        yield "ExternalSecret", role_secret(database), external_secret(scope, data, _basic_auth(database))
        body: Body = {"database": database.name, "cluster": service.name}
        yield "Database", _database_name(database), body | _extensions(database)
    destination = _destination(scope, service)
    if destination is not None:
        yield from _backups(scope, service, destination)
    yield "Cluster", service.name, _cluster(scope, service, destination is not None)


def role_secret(database: Database) -> str:
    """The Secret beside the cluster that holds the password of one role."""
    return f"{database.cluster}-role-{database.service}"


def _database_name(database: Database) -> str:
    return f"{database.cluster}-{database.service}"


def _extensions(database: Database) -> Body:
    return {"extensions": list(database.extensions)} if database.extensions else {}


def _basic_auth(database: Database) -> Json:
    """CloudNativePG reads user name and password together, and only reloads a Secret that says so."""
    return {
        "type": "kubernetes.io/basic-auth",
        "metadata": {"labels": {"cnpg.io/reload": "true"}},
        "data": {"username": database.name, "password": "{{ .password }}"},
    }


def _cluster(scope: Scope, service: Service, is_backed_up: bool) -> Body:
    postgres = service.postgres
    assert postgres is not None
    storage_class = postgres.storage.storage_class or scope.fleet.site.default_class
    body: Body = {
        "instances": postgres.instances,
        "image": postgres.image.text,
        "storage": {"size": postgres.storage.size, "storageClass": storage_class},
        "resources": postgres.resources.raw,
    }
    settings: Json = {}
    if postgres.parameters:
        settings["parameters"] = dict(postgres.parameters)
    if postgres.preload:
        settings["shared_preload_libraries"] = list(postgres.preload)
    if settings:
        body["postgresql"] = settings
    roles = [
        {"name": database.name, "secret": role_secret(database)} for database in scope.databases.get(service.name, ())
    ]
    if roles:
        body["roles"] = roles
    if is_backed_up:
        body["objectStore"] = service.name
    main = service.main
    return body | ({"priorityClassName": main.priority_class} if main and main.priority_class else {})


def _destination(scope: Scope, service: Service) -> BackupDestination | None:
    """Where the cluster's tier is copied to first; None where nothing is copied or nobody can."""
    names = archived_to(service, scope.fleet.site.tiers)
    return scope.fleet.site.destinations.get(names[0]) if names and scope.has("barmancloud.cnpg.io") else None


def _backups(scope: Scope, service: Service, destination: BackupDestination) -> Iterator[Printed]:
    assert service.postgres is not None
    tier = scope.fleet.site.tiers[service.postgres.storage.tier or ""]
    secret = f"{service.name}-backup"
    data = [remote(scope, key, destination.secret, key) for key in ACCESS_KEYS]
    yield "ExternalSecret", secret, external_secret(scope, data)
    path = f"s3://{destination.bucket}/postgres/{service.name}"
    store = {"keep": tier.keep or "7d", "path": path, "endpoint": destination.endpoint, "secret": secret}
    yield "ObjectStore", service.name, store
    schedule = six_fields(tier.schedule or "", service.name)
    yield "ScheduledBackup", service.name, {"schedule": schedule, "cluster": service.name}


def six_fields(schedule: str, who: str) -> str:
    """CloudNativePG counts seconds first; everybody else does not."""
    if len(schedule.split()) != 5:
        raise ChartError(f"the schedule {schedule!r} of {who!r} has not five fields")
    return f"0 {schedule}"
