"""Shapes of the fields that are Kubernetes' own: camelCase, its meaning, closed."""

from generator.catalogue.shape.build import (
    ABSOLUTE,
    LABEL,
    LABEL_HINT,
    LABEL_KEY,
    LABEL_VALUE,
    PORT_NAME,
    Schema,
    anything,
    either,
    integer,
    listing,
    mapping,
    one_of,
    quantity,
    record,
    text,
)

LABEL_VALUE_HINT = "at most 63 letters, digits, hyphens, dots and underscores"
PORT = either("Number or name of a port", integer("", 1, 65535), text("", PORT_NAME, "a port number or name"))
COUNT_OR_PERCENT = either(
    "A count or a percentage", integer(), text("", r"^[0-9]+%$", "a count, or a percentage such as 25%")
)
COMMAND = listing(text(), "Program and arguments, no shell", least=1)

HTTP_GET = record(
    {
        "path": text("Path of the request"),
        "port": PORT,
        "host": text("Host name; the pod's address if it is left out"),
        "scheme": one_of("HTTP or HTTPS", "HTTP", "HTTPS"),
        "httpHeaders": listing(record({"name": text(), "value": {"type": "string"}}, required=("name", "value"))),
    },
    "An HTTP request; 200 to 399 is healthy",
)
TCP_SOCKET = record({"port": PORT, "host": text()}, "A TCP connection")
EXEC = record({"command": COMMAND}, "A command; exit code 0 is healthy")
GRPC = record({"port": integer("", 1, 65535), "service": text()}, "A gRPC health call")
HANDLERS: dict[str, Schema] = {"httpGet": HTTP_GET, "tcpSocket": TCP_SOCKET, "exec": EXEC, "grpc": GRPC}

PROBE = record(
    {
        **HANDLERS,
        "initialDelaySeconds": integer("Seconds before the first probe"),
        "periodSeconds": integer("Seconds between two probes", 1),
        "timeoutSeconds": integer("Seconds until a probe counts as failed", 1),
        "successThreshold": integer("Successes in a row until healthy", 1),
        "failureThreshold": integer("Failures in a row until sick", 1),
        "terminationGracePeriodSeconds": integer("Grace period when this probe kills", 1),
    },
    "Kubernetes' probe",
)
# A hook has no short form that would give it a port.
_HOOK = record(
    {
        "exec": {**EXEC, "required": ["command"]},
        "httpGet": {**HTTP_GET, "required": ["port"]},
        "sleep": record({"seconds": integer("", 1)}, required=("seconds",)),
    }
)
LIFECYCLE = record({"postStart": _HOOK, "preStop": _HOOK}, "Kubernetes' lifecycle hooks")

RESOURCES = record(
    {
        "requests": record({"cpu": quantity("CPU"), "memory": quantity("Memory")}, "What the scheduler sets aside"),
        "limits": record({"cpu": quantity("CPU"), "memory": quantity("Memory")}, "What the container may not pass"),
    },
    "CPU and memory request and memory limit are asked for",
)
# What core/v1 lets an environment variable take from its pod.
FIELD_PATH = (
    r"^(metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(host|pod)IPs?)$"
)
FIELD_PATH_HINT = "such as metadata.name, metadata.labels['app'], spec.nodeName or status.podIP"
RESOURCE_PATH = r"^(limits|requests)\.(cpu|memory|ephemeral-storage)$"
DIVISOR = r"^1(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"
ENV_SOURCE = record(
    {
        "valueFrom": record(
            {
                "fieldRef": record(
                    {"fieldPath": text("", FIELD_PATH, FIELD_PATH_HINT), "apiVersion": one_of("", "v1")},
                    required=("fieldPath",),
                ),
                "resourceFieldRef": record(
                    {
                        "resource": text("", RESOURCE_PATH, "such as limits.memory or requests.cpu"),
                        "containerName": text(),
                        "divisor": text("1 unless stated", DIVISOR, "1 with a suffix, such as 1m or 1Mi"),
                    },
                    required=("resource",),
                ),
            }
        )
    },
    required=("valueFrom",),
)
SECURITY_CONTEXT = record(
    {
        "runAsUser": integer("User id, never 0", 1),
        "runAsGroup": integer("Group id", 1),
        "fsGroup": integer("Group that owns the volumes", 1),
        "fsGroupChangePolicy": one_of("When ownership of a volume is changed", "Always", "OnRootMismatch"),
        "supplementalGroups": listing(integer("", 1), "Further groups of the process"),
        "capabilities": record({"add": listing(one_of("", "NET_BIND_SERVICE"))}, "What *restricted* allows to add"),
    },
    "User and groups; everything else of *restricted* stands",
)
EMPTY_DIR = record(
    {"medium": one_of("", "", "Memory"), "sizeLimit": quantity("1Gi unless stated")}, "Kubernetes' emptyDir"
)

_KEY = text("", LABEL_KEY, "a label key")
_EXPRESSION = record(
    {
        "key": _KEY,
        "operator": one_of("", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
        "values": listing({"type": "string"}),
    },
    required=("key", "operator"),
)
_FIELD = record(
    {
        "key": one_of("", "metadata.name"),
        "operator": one_of("", "In", "NotIn"),
        "values": listing(text(), least=1),
    },
    required=("key", "operator", "values"),
)
_NODE_TERM = record({"matchExpressions": listing(_EXPRESSION), "matchFields": listing(_FIELD)})
_LABEL_EXPRESSION = record(
    {
        "key": _KEY,
        "operator": one_of("", "In", "NotIn", "Exists", "DoesNotExist"),
        "values": listing(text("", LABEL_VALUE, LABEL_VALUE_HINT)),
    },
    required=("key", "operator"),
)
_LABEL_SELECTOR = record(
    {
        "matchLabels": mapping(text("", LABEL_VALUE, LABEL_VALUE_HINT), keys=LABEL_KEY, hint="a label key"),
        "matchExpressions": listing(_LABEL_EXPRESSION),
    }
)
_POD_TERM = record(
    {
        "labelSelector": _LABEL_SELECTOR,
        "topologyKey": _KEY,
        "namespaces": listing(text("", LABEL, LABEL_HINT)),
        "namespaceSelector": _LABEL_SELECTOR,
    },
    required=("topologyKey",),
)
_WEIGHT = integer("", 1, 100)
_POD_AFFINITY = record(
    {
        "requiredDuringSchedulingIgnoredDuringExecution": listing(_POD_TERM),
        "preferredDuringSchedulingIgnoredDuringExecution": listing(
            record({"weight": _WEIGHT, "podAffinityTerm": _POD_TERM}, required=("weight", "podAffinityTerm"))
        ),
    }
)
AFFINITY = record(
    {
        "nodeAffinity": record(
            {
                "requiredDuringSchedulingIgnoredDuringExecution": record(
                    {"nodeSelectorTerms": listing(_NODE_TERM, least=1)}, required=("nodeSelectorTerms",)
                ),
                "preferredDuringSchedulingIgnoredDuringExecution": listing(
                    record({"weight": _WEIGHT, "preference": _NODE_TERM}, required=("weight", "preference"))
                ),
            }
        ),
        "podAffinity": _POD_AFFINITY,
        "podAntiAffinity": _POD_AFFINITY,
    },
    "Kubernetes' affinity",
)
TOLERATION = record(
    {
        "key": _KEY,
        "operator": one_of("", "Exists", "Equal"),
        "value": text("", LABEL_VALUE, LABEL_VALUE_HINT),
        "effect": one_of("", "NoSchedule", "PreferNoSchedule", "NoExecute"),
        "tolerationSeconds": integer(),
    }
)
STRATEGY = either(
    "Recreate if a ReadWriteOnce volume, device or host port is held, else RollingUpdate",
    one_of("", "Recreate", "RollingUpdate", "OnDelete"),
    record(
        {
            "type": one_of("", "Recreate", "RollingUpdate", "OnDelete"),
            "rollingUpdate": record(
                {"maxSurge": COUNT_OR_PERCENT, "maxUnavailable": COUNT_OR_PERCENT, "partition": integer()}
            ),
        },
        required=("type",),
    ),
)
POLICY_RULE = record(
    {
        "apiGroups": listing({"type": "string"}),
        "resources": listing(text()),
        "verbs": listing(text(), least=1),
        "resourceNames": listing(text()),
        "nonResourceURLs": listing(text("", ABSOLUTE, "a path that starts with /")),
    },
    "Kubernetes' rule",
    required=("verbs",),
)
LABELS = mapping(text("", LABEL_VALUE, LABEL_VALUE_HINT), keys=LABEL_KEY, hint="a label key such as example.net/team")
ANNOTATIONS = mapping({"type": "string"}, keys=LABEL_KEY, hint="an annotation key such as example.net/owner")
OBJECT = anything("An object of Kubernetes, as it stands")
