"""What the body of each kind may hold: the values contract between this package and the library."""

from typing import Any

Shape = dict[str, Any]
TEXT: Shape = {"type": "string"}
NUMBER: Shape = {"type": "integer"}
FLAG: Shape = {"type": "boolean"}
MAP: Shape = {"type": "object"}
LIST: Shape = {"type": "array"}
TEXTS: Shape = {"type": "array", "items": TEXT}
LABELS: Shape = {"type": "object", "additionalProperties": TEXT}


def record(required: str, **fields: Shape) -> Shape:
    """A closed object; `required` names the fields that must be there."""
    shape: Shape = {"type": "object", "additionalProperties": False, "properties": fields}
    return shape | {"required": required.split()} if required else shape


def records(required: str, **fields: Shape) -> Shape:
    return {"type": "array", "items": record(required, **fields)}


# Every body may state these: which component it belongs to, another namespace, labels and annotations.
_MARKS: dict[str, Shape] = {"component": TEXT, "namespace": TEXT, "labels": LABELS, "annotations": LABELS}
_CONTAINER = record(
    "name image securityContext",
    name=TEXT,
    image=TEXT,
    restartPolicy={"const": "Always"},
    command=TEXTS,
    args=TEXTS,
    workingDir=TEXT,
    ports=records("name containerPort protocol", name=TEXT, containerPort=NUMBER, hostPort=NUMBER, protocol=TEXT),
    env=records("name", name=TEXT, value=TEXT, secret=TEXT, secretKey=TEXT, valueFrom=MAP),
    resources=MAP,
    probes=record("", startupProbe=MAP, livenessProbe=MAP, readinessProbe=MAP),
    lifecycle=MAP,
    securityContext=MAP,
    volumeMounts=records("name mountPath", name=TEXT, mountPath=TEXT, subPath=TEXT, readOnly=FLAG),
)
_POD = record(
    "serviceAccountName terminationGracePeriodSeconds securityContext container volumes",
    serviceAccountName=TEXT,
    annotations=LABELS,
    token=FLAG,
    spread=FLAG,
    terminationGracePeriodSeconds=NUMBER,
    priorityClassName=TEXT,
    hostNetwork=FLAG,
    spec=MAP,
    securityContext=MAP,
    initContainers={"type": "array", "items": {"$ref": "#/$defs/container"}},
    container={"$ref": "#/$defs/container"},
    volumes=records("name", name=TEXT, claim=TEXT, emptyDir=LABELS, source=MAP),
)
DEFINITIONS: dict[str, Shape] = {"container": _CONTAINER, "pod": _POD}
_POD_REF: Shape = {"$ref": "#/$defs/pod"}
_RULES = records(
    "peers",
    peers=records("", namespace=TEXT, pods=LABELS, cidr=TEXT, **{"except": TEXTS}),
    ports=records("protocol", protocol=TEXT, port=NUMBER),
)
_ENTITY_RULES = records(
    "ports",
    entities=TEXTS,
    hosts=TEXTS,
    lookups=LABELS,
    ports=records("port protocol", port=TEXT, protocol=TEXT),
)
_PATHS = records("path service port", path=TEXT, service=TEXT, port=NUMBER, timeouts=LABELS)

_FIELDS: dict[str, tuple[str, dict[str, Shape]]] = {
    "Deployment": (
        "component replicas strategy pod",
        {"replicas": NUMBER, "strategy": MAP, "progressDeadlineSeconds": NUMBER, "pod": _POD_REF},
    ),
    "StatefulSet": (
        "component replicas serviceName strategy pod",
        {
            "replicas": NUMBER,
            "serviceName": TEXT,
            "strategy": MAP,
            "volumeClaimTemplates": records("name spec", name=TEXT, spec=MAP),
            "pod": _POD_REF,
        },
    ),
    "DaemonSet": ("component strategy pod", {"strategy": MAP, "pod": _POD_REF}),
    "CronJob": ("component schedule job pod", {"schedule": MAP, "job": MAP, "pod": _POD_REF}),
    "Job": ("component job pod", {"job": MAP, "pod": _POD_REF}),
    "PodDisruptionBudget": ("component", {}),
    "ServiceAccount": ("component", {}),
    "Role": ("component rules", {"rules": LIST}),
    "ClusterRole": ("component rules", {"rules": LIST}),
    "RoleBinding": ("component account", {"account": TEXT}),
    "ClusterRoleBinding": ("component account", {"account": TEXT}),
    "PersistentVolumeClaim": (
        "component accessModes size storageClassName",
        {"accessModes": TEXTS, "size": TEXT, "storageClassName": TEXT, "volume": TEXT},
    ),
    "ConfigMap": ("data", {"data": LABELS}),
    "ExternalSecret": (
        "refreshInterval store data",
        {
            "refreshInterval": TEXT,
            "store": record("kind name", kind=TEXT, name=TEXT),
            "template": MAP,
            "data": records("secretKey key", secretKey=TEXT, key=TEXT, property=TEXT),
        },
    ),
    "Service": (
        "component type ports",
        {
            "type": {"enum": ["ClusterIP", "LoadBalancer"]},
            "headless": FLAG,
            "externalTrafficPolicy": {"enum": ["Local", "Cluster"]},
            "ports": records(
                "name port protocol targetPort",
                name=TEXT,
                port=NUMBER,
                protocol={"enum": ["TCP", "UDP"]},
                targetPort=TEXT,
            ),
        },
    ),
    "HTTPRoute": (
        "gateways host paths",
        {
            "gateways": records("name namespace section", name=TEXT, namespace=TEXT, section=TEXT),
            "host": TEXT,
            "paths": _PATHS,
        },
    ),
    "Ingress": ("class host paths", {"class": TEXT, "host": TEXT, "paths": _PATHS, "secretName": TEXT}),
    "BackendTLSPolicy": ("service port host", {"service": TEXT, "port": TEXT, "host": TEXT}),
    "NetworkPolicy": ("", {"pods": LABELS, "ingress": _RULES, "egress": _RULES}),
    "CiliumNetworkPolicy": ("", {"pods": LABELS, "ingress": _ENTITY_RULES, "egress": _ENTITY_RULES}),
    "ServiceMonitor": ("component endpoints", {"endpoints": LIST}),
    "PodMonitor": ("pods endpoints", {"pods": LABELS, "endpoints": LIST}),
    "Probe": (
        "component interval module prober target",
        dict.fromkeys(("interval", "module", "prober", "target"), TEXT),
    ),
    "PrometheusRule": (
        "marks",
        {
            "marks": LABELS,
            "defaults": {"type": "object", "additionalProperties": MAP},
            "alerts": records(
                "alert expr annotations labels",
                alert=TEXT,
                expr=TEXT,
                annotations=LABELS,
                labels=LABELS,
                **{"for": TEXT},
            ),
        },
    ),
    "ResourceQuota": ("hard", {"hard": LABELS}),
    "LimitRange": ("defaultRequest", {"default": LABELS, "defaultRequest": LABELS}),
    "Cluster": (
        "instances image storage resources",
        {
            "instances": NUMBER,
            "image": TEXT,
            "storage": LABELS,
            "resources": MAP,
            "postgresql": MAP,
            "roles": records("name secret", name=TEXT, secret=TEXT),
            "objectStore": TEXT,
            "priorityClassName": TEXT,
        },
    ),
    "ScheduledBackup": ("schedule cluster", {"schedule": TEXT, "cluster": TEXT}),
    "ObjectStore": ("keep path endpoint secret", dict.fromkeys(("keep", "path", "endpoint", "secret"), TEXT)),
    "Database": ("database cluster", {"database": TEXT, "cluster": TEXT, "extensions": TEXTS}),
    "ReplicationSource": (
        "component claim schedule repository retain security",
        {"claim": TEXT, "schedule": TEXT, "repository": TEXT, "retain": LABELS, "security": MAP},
    ),
    "Gateway": (
        "namespace class listeners",
        {
            "class": TEXT,
            "listeners": records("name host port secret", name=TEXT, host=TEXT, port=NUMBER, secret=TEXT),
        },
    ),
    "Certificate": ("namespace hosts issuer", {"hosts": TEXTS, "issuer": TEXT}),
    "ClusterIssuer": ("server email solvers", {"server": TEXT, "email": TEXT, "solvers": LIST}),
    "IPAddressPool": ("namespace range", {"range": TEXT}),
    "L2Advertisement": ("namespace", {}),
    "BGPAdvertisement": ("namespace", {}),
    "BGPPeer": ("namespace spec", {"spec": MAP}),
    "CiliumLoadBalancerIPPool": ("first last", {"first": TEXT, "last": TEXT}),
    "CiliumL2AnnouncementPolicy": ("", {}),
    "CiliumBGPAdvertisement": ("", {}),
    "CiliumBGPPeerConfig": ("", {}),
    "CiliumBGPClusterConfig": ("instances", {"instances": LIST}),
    "ClusterSecretStore": ("provider", {"provider": MAP}),
    "BackupStorageLocation": (
        "namespace default bucket secret config",
        {"default": FLAG, "bucket": TEXT, "secret": TEXT, "config": LABELS},
    ),
    "Schedule": (
        "namespace schedule location ttl policy selectors",
        {"selectors": LIST, **dict.fromkeys(("schedule", "location", "ttl", "policy"), TEXT)},
    ),
    "StorageClass": (
        "provisioner reclaimPolicy volumeBindingMode allowVolumeExpansion",
        {
            "provisioner": TEXT,
            "parameters": LABELS,
            "reclaimPolicy": TEXT,
            "volumeBindingMode": TEXT,
            "allowVolumeExpansion": FLAG,
        },
    ),
    "PriorityClass": ("value globalDefault", {"value": NUMBER, "globalDefault": FLAG}),
}

BODIES: dict[str, Shape] = {
    kind: record(required, **fields, **{key: mark for key, mark in _MARKS.items() if key not in fields})
    for kind, (required, fields) in _FIELDS.items()
}
