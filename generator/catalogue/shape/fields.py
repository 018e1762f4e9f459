"""Shapes of the fields of containers (K) and components (C): service-format §3."""

from generator.catalogue.shape import kubernetes as k8s
from generator.catalogue.shape.build import (
    ABSOLUTE,
    DATE,
    HOST,
    INTERNET,
    LABEL,
    LABEL_HINT,
    LAN,
    PORT_NAME,
    PORT_TEXT,
    SECRET,
    VARIABLE,
    Schema,
    boolean,
    duration,
    either,
    integer,
    listing,
    mapping,
    one_of,
    port_number,
    quantity,
    record,
    text,
)

SERVICE_REF = text("", r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(:[a-z0-9][a-z0-9-]*)?$", "`service` or `service:port`")
PORT_REF = text("", PORT_NAME, "the name of a port")
_IMAGE = r"^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(@sha256:[0-9a-f]{64})?$"
_TIER = text("Backup tier of the site")

PORT = either(
    "Number, or `53/UDP`",
    port_number(),
    text("", PORT_TEXT, "a number, or `53/UDP`"),
    record(
        {
            "port": port_number("Number"),
            "protocol": one_of("TCP unless stated", "TCP", "UDP"),
            "service": text(
                "Only with `chart`: the chart's own Service, and its port if that differs",
                r"^[a-z0-9-]+(:[a-z0-9-]+)?$",
                "`name` or `name:port`",
            ),
        },
        required=("port",),
    ),
)
_SHORT_PROBE = text("", r"^(/.*|tcp:[a-z0-9-]+)$", "`/path` or `tcp:port`")
_ONE_PROBE = either("`/path`, `tcp:port`, or Kubernetes' probe", _SHORT_PROBE, k8s.PROBE)
PROBES = either(
    "How health is told, unless the kind is CronJob or Job; asked for",
    _SHORT_PROBE,
    record({"startup": _ONE_PROBE, "liveness": _ONE_PROBE, "readiness": _ONE_PROBE}),
    record({"none": text("Why there is no probe")}, required=("none",)),
)
_SECRET_REF = text("KEY of this service, or OWNER/KEY", SECRET, "`KEY`, or `OWNER/KEY`")
SECRETS = either(
    "Keys of the secret store, as variables",
    listing(text("", VARIABLE, "the name of a variable")),
    mapping(_SECRET_REF, keys=r"^[-._a-zA-Z0-9]+$", hint="the name of a variable"),
)
FILE = either(
    "A text, or where it comes from",
    {"type": "string"},
    record(
        {
            "text": {"type": "string", "description": "The text itself"},
            "source": text(
                "A file below the domain's `files/`", r"^files/[A-Za-z0-9._/-]+$", "a path that starts with files/"
            ),
            "secret": _SECRET_REF,
            "mode": text('Mode, "0444" unless stated', r"^0[0-7]{3}$", 'an octal mode in quotes, such as "0444"'),
        }
    ),
)
_MOUNT_FIELDS: dict[str, Schema] = {
    "mountPath": text("Where the container sees it", ABSOLUTE, "a path that starts with /"),
    "subPath": text("A folder inside the volume", r"^[^/\x00][^\x00]*$", "a relative path"),
    "readOnly": boolean("Mounted read-only"),
}
VOLUME = record(
    {
        "size": quantity("A claim of this size"),
        "storageClassName": text("The site's default class unless stated"),
        "accessModes": listing(
            one_of("", "ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod"),
            "ReadWriteOnce unless stated",
            least=1,
        ),
        "backup": either(
            "Backup tier; asked for with `size`",
            _TIER,
            record(
                {"tier": _TIER, "before": k8s.COMMAND, "after": k8s.COMMAND},
                "with commands that quiesce",
                required=("tier",),
            ),
        ),
        "nfs": text("A share of the site"),
        "emptyDir": k8s.EMPTY_DIR,
        "hostPath": either(
            "A path of the node; needs an exception",
            text("", ABSOLUTE, "a path that starts with /"),
            record(
                {
                    "path": text("", ABSOLUTE, "a path that starts with /"),
                    "type": one_of(
                        "",
                        "",
                        "Directory",
                        "DirectoryOrCreate",
                        "File",
                        "FileOrCreate",
                        "Socket",
                        "CharDevice",
                        "BlockDevice",
                    ),
                },
                required=("path",),
            ),
        ),
        "existingClaim": text("A claim that another component of the service owns", LABEL, LABEL_HINT),
        **_MOUNT_FIELDS,
    },
    "Exactly one of size, nfs, emptyDir, hostPath, existingClaim; without mountPath only init containers can mount it",
)
CONTAINER: dict[str, Schema] = {
    "image": text(
        "`registry/name:tag[@sha256:…]`, never latest; asked for",
        _IMAGE,
        "`registry/name:tag`, with `@sha256:…` where known",
    ),
    "command": k8s.COMMAND,
    "args": listing({"type": "string"}, "Arguments"),
    "workingDir": text("Working folder", ABSOLUTE, "a path that starts with /"),
    "lifecycle": k8s.LIFECYCLE,
    "env": mapping(
        either(
            "Text, integer, boolean, or `valueFrom`",
            {"type": "string"},
            {"type": "integer"},
            {"type": "boolean"},
            k8s.ENV_SOURCE,
        ),
        "Variables",
        VARIABLE,
        "the name of a variable",
    ),
    "secrets": SECRETS,
    "files": mapping(FILE, "Texts mounted one by one", ABSOLUTE, "a path that starts with /"),
    "ports": mapping(PORT, "Ports by name", PORT_NAME, "at most 15 lower-case letters, digits and hyphens"),
    "probes": PROBES,
    "resources": k8s.RESOURCES,
    "securityContext": k8s.SECURITY_CONTEXT,
    "devices": mapping(integer("How many", 1), "Devices of the site"),
}
INIT_CONTAINER = record(
    {
        **CONTAINER,
        "restartPolicy": one_of("Always makes it a sidecar, ended after the main container", "Always"),
        "volumeMounts": mapping(
            either(
                "Path, or path with options",
                text("", ABSOLUTE, "a path that starts with /"),
                record(_MOUNT_FIELDS, required=("mountPath",)),
            ),
            "Volumes of the pod by name",
        ),
    },
    "A container that runs before the main one, or beside it",
)
_NEED_KEYS = {
    "postgres": ("host", "port", "dbname", "username", "password", "uri"),
    "valkey": ("host", "port", "dbname", "username", "password", "uri"),
    "bucket": ("host", "port", "bucket", "endpoint", "region", "access_key_id", "secret_access_key"),
}
_NEED_OWN: dict[str, dict[str, Schema]] = {
    "postgres": {"extensions": listing(text(), "Extensions that the database has")},
    "valkey": {"database": integer("Its number, unique per Valkey", 0, 15)},
    "bucket": {},
}


def _need(kind: str) -> Schema:
    return record(
        {
            "env": mapping(one_of("", *_NEED_KEYS[kind]), "Variable to key", VARIABLE, "the name of a variable"),
            "from": text("The provider; the site's unless stated", LABEL, LABEL_HINT),
            **_NEED_OWN[kind],
        }
    )


_NEED_KIND = one_of("", *_NEED_KEYS)
NEEDS = either(
    "A database, a Valkey or a bucket of one's own",
    _NEED_KIND,
    listing(_NEED_KIND),
    record({kind: _need(kind) for kind in _NEED_KEYS}),
)
TALKS_TO = either(
    "Whom this component calls; nobody else can be reached",
    listing(SERVICE_REF),
    record(
        {
            "services": listing(SERVICE_REF, "Services, `kubernetes` (the API server), or `self:port`"),
            "internet": listing(
                text("", INTERNET, "`host[:port[/UDP]]` without a scheme or path"),
                "Hosts outside; `*` is any, `*.x` any below x; port 443 unless stated",
            ),
            "lan": listing(text("", LAN, "`where:port`"), "Networks, named addresses, IPs or CIDRs, with the port"),
            "nodes": listing(port_number(), "Ports of the nodes"),
        }
    ),
)
_METRICS_LONG = record(
    {
        "port": either("A port or several; http unless stated", PORT_REF, listing(PORT_REF, least=1)),
        "path": text("`/metrics` unless stated", r"^/", "a path that starts with /"),
        "interval": duration("The site's unless stated"),
        "scheme": one_of("http unless stated", "http", "https"),
        "bearer": _SECRET_REF,
    }
)
METRICS = either("Where metrics are scraped", text("", r"^/", "a path that starts with /"), _METRICS_LONG)
_SYSCTLS = listing(record({"name": text(), "value": {"type": "string"}}, required=("name", "value")))
_PROFILE = record({"type": text(), "localhostProfile": text()}, required=("type",))
ALLOW = record(
    {
        "hostNetwork": one_of("", True),
        "hostPID": one_of("", True),
        "hostIPC": one_of("", True),
        "privileged": one_of("", True),
        "allowPrivilegeEscalation": one_of("", True),
        "runAsNonRoot": one_of("", False),
        "readOnlyRootFilesystem": one_of("", False),
        "runAsUser": one_of("root; carries runAsNonRoot false", 0),
        "capabilities": record(
            {"add": listing(text("", r"^[A-Z][A-Z_]*$", "a capability such as NET_ADMIN"), least=1)}, required=("add",)
        ),
        "hostPath": listing(text(), "Names of hostPath volumes", least=1),
        "hostPort": mapping(port_number(), "Port name to port of the node"),
        "seccompProfile": _PROFILE,
        "appArmorProfile": _PROFILE,
        "seLinuxOptions": record({"level": text(), "role": text(), "type": text(), "user": text()}),
        "procMount": text(),
        "sysctls": _SYSCTLS,
        "podSecurity": one_of("For a chart: the level that its pods need", "baseline", "privileged"),
        "unauthenticated": listing(text(), "Hosts that answer without a login", least=1),
    },
    "Exactly what is allowed",
)
EXCEPTION = record(
    {
        "allow": ALLOW,
        "reason": text("Why"),
        "until": text("Last day, a year ahead at most", DATE, "a date such as 2027-05-31"),
        "owner": text("The domain's owner unless stated"),
        "container": text("The main container unless stated"),
    },
    "A dated, reasoned way around *restricted*",
    required=("allow", "reason", "until"),
)
COMPONENT: dict[str, Schema] = {
    "kind": one_of("Deployment unless stated", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"),
    "schedule": text("CronJob: when it runs; asked for"),
    "timeZone": text("CronJob: the site's zone unless stated"),
    "concurrencyPolicy": one_of("CronJob: Forbid unless stated", "Allow", "Forbid", "Replace"),
    "startingDeadlineSeconds": integer("CronJob: how late it may start; 600 unless stated"),
    "activeDeadlineSeconds": integer("CronJob and Job: how long it may run; 3600 unless stated", 1),
    "backoffLimit": integer("CronJob and Job: how often it is tried again; 2 unless stated"),
    "parallelism": integer("CronJob and Job: how many pods at once", 1),
    "replicas": integer("1 unless stated; more adds a disruption budget and spread", 0, 100),
    "strategy": k8s.STRATEGY,
    "initContainers": mapping(
        INIT_CONTAINER, "Run in order; a sidecar with `restartPolicy: Always`", LABEL, LABEL_HINT
    ),
    "storage": mapping(VOLUME, "Volumes by name", LABEL, LABEL_HINT),
    "talks_to": TALKS_TO,
    "called_by": record(
        {
            "kubernetes": listing(PORT_REF, "Ports that the API server calls (webhooks)"),
            "nodes": listing(PORT_REF, "Ports that the nodes call"),
            "lan": mapping(listing(PORT_REF), "Network to ports"),
        },
        "Callers without a file of their own",
    ),
    "needs": NEEDS,
    "metrics": METRICS,
    "nodeSelector": k8s.LABELS,
    "tolerations": listing(k8s.TOLERATION, "Kubernetes' tolerations"),
    "affinity": k8s.AFFINITY,
    "priorityClassName": text("A class of the site"),
    "terminationGracePeriodSeconds": integer("30 unless stated"),
    "rbac": record(
        {"cluster": listing(k8s.POLICY_RULE), "namespace": listing(k8s.POLICY_RULE)},
        "Rights at the API server; brings the token and the edge",
    ),
    "labels": k8s.LABELS,
    "annotations": k8s.ANNOTATIONS,
    "exceptions": mapping(EXCEPTION, "Dated exceptions by name", LABEL, LABEL_HINT),
}
INHERITABLE = tuple(sorted({*CONTAINER, *COMPONENT}))
HOSTNAME = text("", HOST, "a host name")
