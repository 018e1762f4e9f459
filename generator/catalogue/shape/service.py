"""The shape of a service file, and of what looks like one: templates, defaults, overrides."""

from generator.catalogue.shape import kubernetes as k8s
from generator.catalogue.shape.build import (
    ABSOLUTE,
    DATE,
    HOST,
    IPV4,
    LABEL,
    LABEL_HINT,
    SECRET_KEY,
    Schema,
    anything,
    boolean,
    duration,
    either,
    integer,
    listing,
    mapping,
    nullable,
    number,
    one_of,
    port_number,
    quantity,
    record,
    text,
    with_service_references,
    without_required,
)
from generator.catalogue.shape.fields import COMPONENT, CONTAINER, INHERITABLE, PORT_REF, VOLUME

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_LEVEL = one_of("Pod Security level of the namespace", "baseline", "privileged")
_GATEWAYS = either("One gateway or several", text(), listing(text(), least=1))
_AUTH = one_of(
    "app: its own login; oidc: its login, the site's provider; none; forward: the gateway asks first, "
    "which no backend can say yet, so it is refused",
    "app",
    "oidc",
    "forward",
    "none",
)
_EXPOSE_LONG = record(
    {
        "gateway": _GATEWAYS,
        "port": {**PORT_REF, "description": "Port that answers; http unless stated"},
        "path": text("`/` unless stated", ABSOLUTE, "a path that starts with /"),
        "paths": mapping(
            PORT_REF, "Path to port, instead of `path` and `port`", ABSOLUTE, "a path that starts with /", least=1
        ),
        "auth": _AUTH,
        "scheme": one_of("What the service speaks; http unless stated", "http", "https"),
        "timeouts": record(
            {"request": duration(), "backendRequest": duration()},
            "As HTTPRoute has them; an Ingress has no word for them, which is a warning",
        ),
        "body_size": quantity("Largest request body; an Ingress of class nginx can limit it, elsewhere it is refused"),
    },
    required=("gateway",),
)
_ALERT = either(
    "An alert of one's own, or a default one switched off",
    record(
        {
            "expr": text("PromQL"),
            "for": duration("How long it must hold"),
            "severity": one_of("", "critical", "warning", "info"),
            "summary": text("One line for whoever is woken"),
            "runbook": text("A link, or a page under docs/"),
        },
        required=("expr", "severity", "summary"),
    ),
    record({"disabled": text("Why")}, required=("disabled",)),
)
_PERCENT = number("Percent", 0, 100)
_WINDOWED = text("PromQL, with {{.window}} for the window", r"\{\{ *\.window *\}\}", "a query with `{{.window}}`")
_SLO = either(
    "A percentage, or queries with one",
    _PERCENT,
    record(
        {
            "objective": _PERCENT,
            "errorQuery": _WINDOWED,
            "totalQuery": _WINDOWED,
        },
        required=("objective", "errorQuery", "totalQuery"),
    ),
)
_CHART_POD = record(
    {
        "kind": one_of("Deployment unless stated", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"),
        "replicas": integer("1 unless stated"),
        "resources": k8s.RESOURCES,
        "storage": mapping(
            record(
                {key: VOLUME["properties"][key] for key in ("size", "storageClassName", "backup")}, required=("size",)
            ),
            "Volumes of each replica",
        ),
        "hostNetwork": boolean("The pods live in the network of their node"),
        "ports": listing(PORT_REF, "Names of `ports` that these pods have"),
    },
    "What the pods of one component of the chart will be",
)
CHART = record(
    {
        "name": text("Name in the repository"),
        "repository": text("https:// or oci://", r"^(https|oci)://\S+$", "a URL that starts with https:// or oci://"),
        "git": text(
            "Git repository, instead of name and repository", r"^https://\S+$", "a URL that starts with https://"
        ),
        "path": text("Folder in it"),
        "version": text("Version, or tag"),
        "values": anything("Values of the chart; null is passed on"),
        "skipCrds": boolean("Its CRDs come from elsewhere"),
        "pods": mapping(_CHART_POD, "Asked for; `{}` for a chart of definitions only", LABEL, LABEL_HINT),
        "kinds": listing(
            text("", r"^([a-z0-9.-]+/)?[A-Z][A-Za-z0-9]*$", "`group/Kind`"),
            "Kinds that it makes beyond workloads, Services, ConfigMaps and Secrets",
        ),
        "writes_to": listing(
            text("", LABEL, LABEL_HINT),
            "Further namespaces that it writes objects into; one that it makes itself if `kinds` has Namespace",
        ),
    },
    "An upstream chart, in its own ArgoCD Application",
)
POSTGRES = record(
    {
        "instances": integer("How many, the first is the primary; asked for", 1, 9),
        "image": CONTAINER["image"],
        "storage": record({key: VOLUME["properties"][key] for key in ("size", "storageClassName", "backup")}),
        "resources": k8s.RESOURCES,
        "parameters": mapping({"type": ["string", "integer", "boolean"]}, "PostgreSQL parameters"),
        "preload": listing(text(), "Shared libraries"),
    },
    "A CloudNativePG cluster; `needs: postgres` adds databases and roles",
)
SERVICE: dict[str, Schema] = {
    "summary": text("What it is, in at most 80 letters", longest=80),
    "category": text("One of the domain's categories"),
    "docs": text("Upstream's documentation", r"^https://\S+$", "a URL that starts with https://"),
    "template": text("A template below values/templates", LABEL, LABEL_HINT),
    "namespace": either(
        "A namespace of its own",
        text("", LABEL, LABEL_HINT, 63),
        record(
            {
                "name": text("", LABEL, LABEL_HINT, 63),
                "pod_security": record(
                    {
                        "level": _LEVEL,
                        "reason": text("Why"),
                        "until": text("Last day", DATE, "a date such as 2027-05-31"),
                    },
                    required=("level", "reason", "until"),
                ),
            },
            required=("name",),
        ),
    ),
    "components": mapping(
        record(
            {
                **CONTAINER,
                **COMPONENT,
                "inherit": listing(one_of("", *INHERITABLE), "Fields copied from the main component"),
            }
        ),
        "Further workloads, named `<service>-<name>`",
        LABEL,
        LABEL_HINT,
    ),
    "expose": mapping(
        either("The gateway, or more about it", text(), _EXPOSE_LONG),
        "Hosts; without a dot they lie in the gateway's zone",
        HOST,
        "a host name",
    ),
    "load_balancer": record(
        {
            "ip": text(
                "An address of a pool, or `auto` for `chartroom fix` to draw; asked for",
                rf"(?:{IPV4})|^auto$",
                "an IPv4 address, or auto",
            ),
            "ports": either(
                "Ports as they are, or name to number outside; asked for",
                listing(PORT_REF, least=1),
                mapping(port_number(), least=1),
            ),
            "from": listing(text(), "Networks of the site, or `internet`; asked for", least=1),
            "externalTrafficPolicy": one_of(
                "Cluster hides who calls, so `from` could not be kept; Local unless stated", "Local", "Cluster"
            ),
        },
        "An address of the LAN",
    ),
    "depends_on": listing(
        text("", LABEL, LABEL_HINT), "Services that come first in start-up documents, alerts and Applications"
    ),
    "alerts": mapping(_ALERT, "Alerts by name", r"^[A-Z][A-Za-z0-9]*$", "a name such as QueueFull"),
    "dashboards": listing(text("", r"^files/\S+\.json$", "a path such as files/sonarr.json"), "Grafana dashboards"),
    "slo": mapping(_SLO, "Objectives by name; `availability` may be a bare percentage", LABEL, LABEL_HINT),
    "chart": CHART,
    "postgres": POSTGRES,
    "provides": record(
        {
            kind: record(
                {
                    "port": PORT_REF,
                    "password": text("Its key in the secret store", SECRET_KEY, "a key"),
                    "region": text("Region name"),
                },
                required=("port",),
            )
            for kind in ("valkey", "bucket")
        },
        "What this service offers to `needs`",
    ),
    "objects": mapping(
        k8s.OBJECT, "Objects as they stand", r"^[A-Z][A-Za-z0-9]*/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "`Kind/name`"
    ),
    "patch": mapping(
        record(
            {"merge": anything("Laid over the rendered object"), "reason": text("Why no field serves")},
            required=("merge", "reason"),
        ),
        "Changes to rendered objects, counted",
        r"^[A-Z][A-Za-z0-9]*/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$",
        "`Kind/name`",
    ),
    "retired": record(
        {
            "since": text("First day without it", DATE, "a date such as 2026-02-14"),
            "successor": text("The service that replaces it"),
            "reason": text("Why"),
        },
        "A page and nothing else",
        required=("since", "reason"),
    ),
}
DEFAULTS = record(
    {**CONTAINER, **COMPONENT}, "Component fields that lie under the main component and each of `components`"
)


def service_schema() -> Schema:
    """What a service file may say. A template may give the rest, so little is required."""
    schema = nullable(without_required(record({**SERVICE, **CONTAINER, **COMPONENT}, "One service of the fleet")))
    return {"$schema": DRAFT, "title": "Chartroom service", **schema, "required": ["summary", "category"]}


def override_schema() -> Schema:
    """What an environment may lay over a service."""
    return {
        "$schema": DRAFT,
        "title": "Chartroom service override",
        **nullable(without_required(record({**SERVICE, **CONTAINER, **COMPONENT}))),
    }


def template_schema() -> Schema:
    """What a service template may say, with `${service}` in any key or text."""
    return {**with_service_references(override_schema()), "title": "Chartroom service template"}
