"""What lies with providers: buckets that a person makes, databases, and keys of the secret store."""

from collections.abc import Mapping

from generator.catalogue.service import Service
from generator.docs.endpoints import service_link
from generator.docs.markdown import Markdown, code, codes, join
from generator.docs.pages import write
from generator.docs.service_rows import secret_keys
from generator.docs.view import Reference, Row, View, across, by_text
from generator.fleet.names import namespace_of

_FOLDER = "services/"
_NONE = Markdown("–")
_KEYS = ("BUCKET_ACCESS_KEY_ID", "BUCKET_SECRET_ACCESS_KEY")


def buckets_page(reference: Reference) -> str:
    views = [view for view in reference.views if view.fleet.buckets]
    return write(
        "buckets",
        {
            "buckets": across(
                ("bucket", "at", "for", "put its keys into the store as"),
                [(view.name, _buckets(view)) for view in reference.views],
            ),
            "steps": [(view.name, _commands(view)) for view in views],
        },
    )


def _buckets(view: View) -> list[Row]:
    return [
        (
            code(bucket.name),
            service_link(bucket.provider, _FOLDER),
            service_link(bucket.service, _FOLDER),
            Markdown(f"{codes(_KEYS)} of {code(_item(view, bucket.service))}"),
        )
        for bucket in view.fleet.buckets
    ]


def _item(view: View, service: str) -> str:
    found = view.fleet.services.get(service)
    return f"{found.domain}/{service}" if found else service


def _commands(view: View) -> Markdown:
    """Return what to run for the buckets of one environment, as a block."""
    lines = []
    for bucket in view.fleet.buckets:
        provider = view.fleet.services.get(bucket.provider)
        run = _garage(provider) if provider is not None else None
        if run is None:
            lines.append(f"# {bucket.provider}: make bucket {bucket.name} and a key that may read and write it")
            continue
        lines += [
            f"{run} bucket create {bucket.name}",
            f"{run} key create {bucket.name}   # prints {_KEYS[0]} and {_KEYS[1]}",
            f"{run} bucket allow --read --write {bucket.name} --key {bucket.name}",
        ]
    return Markdown("\n".join(["```sh", *lines, "```"]))


def _garage(provider: Service) -> str | None:
    """Return the command of Garage in its pod; None for another product."""
    main = provider.main
    if main is None or main.container is None or not main.container.image.repository.endswith("/garage"):
        return None
    return f"kubectl -n {namespace_of(provider)} exec {main.kind.lower()}/{main.workload} -- /garage"


def databases_page(reference: Reference) -> str:
    views = reference.views
    return write(
        "databases",
        {
            "databases": across(
                ("database and role", "cluster", "for", "password", "extensions"),
                [(view.name, _databases(view)) for view in views],
            ),
            "clusters": across(
                ("cluster", "instances", "image", "size", "tier"), [(view.name, _clusters(view)) for view in views]
            ),
            "valkey": across(("service", "provider", "database"), [(view.name, _valkey(view)) for view in views]),
        },
    )


def _databases(view: View) -> list[Row]:
    return [
        (
            code(database.name),
            service_link(database.cluster, _FOLDER),
            service_link(database.service, _FOLDER),
            Markdown(f"{code(database.secret_key)} of {code(_item(view, database.service))}"),
            codes(database.extensions) or _NONE,
        )
        for database in view.fleet.databases
    ]


def _clusters(view: View) -> list[Row]:
    rows: list[Row] = []
    for service in view.fleet.services.values():
        cluster = service.postgres
        if cluster is not None:
            name = service_link(service.name, _FOLDER)
            storage = cluster.storage
            rows.append(
                (name, str(cluster.instances), code(cluster.image.text), storage.size or "", storage.tier or "")
            )
    return rows


def _valkey(view: View) -> list[Row]:
    rows: list[Row] = []
    for claim in view.fleet.claims:
        if claim.kind == "valkey-database":
            provider, _, number = claim.key.rpartition("/")
            rows.append((service_link(claim.holder, _FOLDER), service_link(provider, _FOLDER), number))
    return rows


def secrets_page(reference: Reference) -> str:
    readers = _readers(reference)
    store = next((view.fleet.site.secret_store for view in reference.views), None)
    return write(
        "secrets",
        {
            "secrets": across(
                ("item", "key", "read by"), [(view.name, _secrets(view, readers)) for view in reference.views], by_text
            ),
            "shared": across(
                ("shared item", "store"),
                [
                    (
                        view.name,
                        [
                            (code(item), code(view.fleet.site.secret_store.name))
                            for item in view.fleet.site.secret_store.shared
                        ],
                    )
                    for view in reference.views
                ],
            ),
            "store": f"{store.kind}/{store.name}" if store else "",
        },
    )


def _secrets(view: View, readers: Mapping[tuple[str, str], Mapping[str, None]]) -> list[Row]:
    here = {pair for service in view.fleet.services.values() for pair in secret_keys(service)}
    return [
        (code(item), code(key), join(service_link(name, _FOLDER) for name in readers[(item, key)]))
        for item, key in sorted(here)
    ]


def _readers(reference: Reference) -> dict[tuple[str, str], dict[str, None]]:
    """Who reads each key, in any environment."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for name in reference.services:
        for _, service in reference.running(name):
            for pair in secret_keys(service):
                found.setdefault(pair, {})[name] = None
    return found
