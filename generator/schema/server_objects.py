"""What the API server asks of everything that is no pod, beyond the published schemas."""

from generator.schema.server_words import (
    CIDR,
    CRON_JOB_NAME,
    DATA_KEYS,
    GIVEN,
    LABEL,
    LABEL_KEYS,
    LABEL_VALUE,
    NOT_NEGATIVE,
    PORT,
    PORT_OR_NAME,
    PORT_OR_NONE,
    POSITIVE,
    SERVICE_NAME,
    SOME,
    SUBDOMAIN,
    WHOLE,
    Schema,
    apart,
    below,
    each,
    every,
    one_of,
    when,
    without,
)

_PROTOCOL = one_of("TCP", "UDP", "SCTP")
_MODES = each(one_of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"))
_CLASS: Schema = {"pattern": f"^$|{SUBDOMAIN['pattern']}", "title": SUBDOMAIN["title"]}
_LEVEL = "pod-security.kubernetes.io"
_LEVELS = below(
    **{f"{_LEVEL}/{mode}": {"enum": ["privileged", "baseline", "restricted"]} for mode in ("enforce", "audit", "warn")},
    **{
        f"{_LEVEL}/{mode}-version": {"pattern": r"^(latest|v1\.[0-9]+)$", "title": "latest, or a version such as v1.36"}
        for mode in ("enforce", "audit", "warn")
    },
)
_INSIDE: Schema = {
    "if": {"properties": {"type": {"enum": ["ClusterIP", None]}}},
    "then": every(
        without("externalTrafficPolicy", "loadBalancerClass", "allocateLoadBalancerNodePorts"),
        below(ports=each(below(nodePort={"enum": [0, None]}))),
    ),
}
_OUTSIDE: Schema = {
    "if": {"properties": {"type": {"const": "ExternalName"}}, "required": ["type"]},
    "then": {"required": ["externalName"]},
    # Only a headless Service may go without ports.
    "else": {
        "if": {"not": {"required": ["clusterIP"], **below(clusterIP={"const": "None"})}},
        "then": {"required": ["ports"], **below(ports=SOME)},
    },
}
_NAMED: Schema = {
    "if": {**below(ports={"type": "array", "minItems": 2}), "required": ["ports"]},
    "then": below(ports=each({"required": ["name"]})),
}
_SINGLE: Schema = {
    "if": {**below(ipFamilyPolicy={"const": "SingleStack"}), "required": ["ipFamilyPolicy"]},
    "then": below(ipFamilies={"maxItems": 1}),
}

META: dict[str, Schema] = {
    "ObjectMeta": below(
        namespace=LABEL,
        labels={**LABEL_KEYS, "additionalProperties": LABEL_VALUE},
        annotations=LABEL_KEYS,
    ),
    "LabelSelector": below(matchLabels={**LABEL_KEYS, "additionalProperties": LABEL_VALUE}),
    "LabelSelectorRequirement": {
        **below(operator=one_of("In", "NotIn", "Exists", "DoesNotExist")),
        **every(
            when("operator", ("In", "NotIn"), {"required": ["values"], **below(values=SOME)}),
            when("operator", ("Exists", "DoesNotExist"), below(values={"maxItems": 0})),
        ),
    },
}

CORE: dict[str, Schema] = {
    "ServicePort": below(
        port=PORT, nodePort=PORT_OR_NONE, name=LABEL, protocol=_PROTOCOL, targetPort={**PORT_OR_NAME, "minimum": 0}
    ),
    "ServiceSpec": {
        **below(
            type=one_of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
            clusterIP={"pattern": r"^(None|[0-9A-Fa-f.:]*)$", "title": "None, or an address"},
            sessionAffinity=one_of("ClientIP", "None"),
            externalTrafficPolicy=one_of("Cluster", "Local"),
            internalTrafficPolicy=one_of("Cluster", "Local"),
            ipFamilyPolicy=one_of("SingleStack", "PreferDualStack", "RequireDualStack"),
            ipFamilies=each(one_of("IPv4", "IPv6")),
            loadBalancerSourceRanges=each(CIDR),
            selector={**LABEL_KEYS, "additionalProperties": LABEL_VALUE},
        ),
        **every(_INSIDE, _OUTSIDE, _NAMED, _SINGLE),
    },
    "PersistentVolumeClaimSpec": {
        **below(
            accessModes={**SOME, **_MODES},
            volumeMode=one_of("Block", "Filesystem"),
            storageClassName=_CLASS,
            resources={
                "required": ["requests"],
                **below(requests={"required": ["storage"], **below(storage=POSITIVE)}),
            },
        ),
        "required": ["accessModes", "resources"],
        "if": below(accessModes={"contains": {"const": "ReadWriteOncePod"}}),
        "then": below(accessModes={"maxItems": 1}),
    },
    "PersistentVolumeSpec": {
        **below(
            accessModes={**SOME, **_MODES},
            volumeMode=one_of("Block", "Filesystem"),
            persistentVolumeReclaimPolicy=one_of("Delete", "Recycle", "Retain"),
            storageClassName=_CLASS,
        ),
        "required": ["accessModes", "capacity"],
        "anyOf": [{"required": [name]} for name in ("csi", "fc", "hostPath", "iscsi", "local", "nfs")],
    },
    "LimitRangeItem": {
        **below(
            type={
                "pattern": r"^(Container|Pod|PersistentVolumeClaim|.+/.+)$",
                "title": "Container, Pod or PersistentVolumeClaim",
            }
        ),
        **when("type", ("Pod",), without("default", "defaultRequest")),
    },
    "ResourceQuotaSpec": below(
        hard={
            "propertyNames": {
                "pattern": r"^((requests\.|limits\.)?(cpu|memory|ephemeral-storage)|(requests\.)?storage|pods"
                r"|services(\.nodeports|\.loadbalancers)?|secrets|configmaps|persistentvolumeclaims|resourcequotas"
                r"|replicationcontrollers|.+/.+)$",
                "title": "something that is counted, such as requests.cpu or pods",
            },
            "patternProperties": {"^(pods|services|secrets|configmaps|persistentvolumeclaims)$": WHOLE},
            "additionalProperties": NOT_NEGATIVE,
        }
    ),
    "ConfigMap": below(data=DATA_KEYS, binaryData=DATA_KEYS),
    "Secret": below(data=DATA_KEYS, stringData=DATA_KEYS),
}

POLICIES: dict[str, Schema] = {
    "IPBlock": below(cidr=CIDR, **{"except": each(CIDR)}),
    "NetworkPolicySpec": below(policyTypes=each(one_of("Ingress", "Egress"))),
    "NetworkPolicyPeer": {
        "minProperties": 1,
        **every(apart("ipBlock", "podSelector"), apart("ipBlock", "namespaceSelector")),
    },
    "NetworkPolicyPort": {
        **below(port=PORT_OR_NAME, protocol=_PROTOCOL, endPort=PORT),
        "if": {"required": ["endPort"]},
        "then": {"required": ["port"]},
    },
}

RIGHTS: dict[str, Schema] = {
    "PolicyRule": {
        **below(verbs=SOME),
        "anyOf": [{"required": ["resources"]}, {"required": ["nonResourceURLs"]}],
        **apart("resources", "nonResourceURLs"),
    },
    "Subject": {
        **below(kind=one_of("ServiceAccount", "User", "Group"), name=GIVEN),
        **when("kind", ("ServiceAccount",), {"required": ["namespace"]}),
    },
    "RoleRef": below(kind=one_of("ClusterRole", "Role"), name=GIVEN),
    "ClusterRoleBinding": below(roleRef=below(kind=one_of("ClusterRole"))),
}

OTHERS: dict[str, Schema] = {
    "io.k8s.api.scheduling.v1.PriorityClass": below(
        value={"maximum": 1_000_000_000}, preemptionPolicy=one_of("PreemptLowerPriority", "Never")
    ),
    "io.k8s.api.storage.v1.StorageClass": below(
        volumeBindingMode=one_of("Immediate", "WaitForFirstConsumer"), reclaimPolicy=one_of("Delete", "Retain")
    ),
}

# Roles are path segments, and may hold almost anything; so are a few kinds that nobody writes by hand.
UNNAMED_GROUPS = ("io.k8s.api.rbac.", "io.k8s.api.flowcontrol.", "io.k8s.api.networking.v1.IPAddress")
NAMES: dict[str, Schema] = {
    "io.k8s.api.core.v1.Namespace": {**below(name=LABEL, labels=_LEVELS)},
    "io.k8s.api.core.v1.Service": below(name=SERVICE_NAME),
    "io.k8s.api.batch.v1.CronJob": below(name=CRON_JOB_NAME),
    "io.k8s.api.scheduling.v1.PriorityClass": below(
        name={"pattern": f"^(?!system-){SUBDOMAIN['pattern'][1:]}", "title": "a name that does not begin with system-"}
    ),
}
ANY_NAME = below(name=SUBDOMAIN)
