"""What the API server asks of pods and of what makes them, beyond the published schemas."""

from generator.schema.server_words import (
    ABSOLUTE,
    ADDRESS,
    COUNT,
    GIVEN,
    LABEL,
    LABEL_VALUE,
    MODE,
    NOT_UPWARDS,
    PORT,
    PORT_NAME,
    PORT_OR_NAME,
    PORT_OR_NONE,
    RELATIVE,
    RESOURCES,
    SHARE,
    SOME,
    SUBDOMAIN,
    USER,
    Schema,
    below,
    each,
    exactly_one,
    one_of,
    when,
    without,
)

_PROTOCOL = one_of("TCP", "UDP", "SCTP")
_HANDLED = exactly_one("exec", "grpc", "httpGet", "tcpSocket")
_SUCCEEDS_ONCE = below(successThreshold={"enum": [0, 1, None]})
_IDS = {"runAsUser": USER, "runAsGroup": USER}
_RUNS_ON = below(spec=below(restartPolicy=one_of("Always")))
# An init container that ends has nobody to ask how it is; a sidecar restarts, and may be asked.
_ENDS: Schema = {
    "if": {"properties": {"restartPolicy": {"const": "Always"}}, "required": ["restartPolicy"]},
    "else": without("livenessProbe", "readinessProbe", "startupProbe", "lifecycle"),
}
_ROLLS = {"minReadySeconds": COUNT, "revisionHistoryLimit": COUNT, "selector": {"minProperties": 1}}
_FIELD_PATH: Schema = {
    "pattern": r"^(metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(host|pod)IPs?)$",
    "title": "a field such as metadata.name, metadata.labels['app'], spec.nodeName or status.podIP",
}
_RESOURCE_PATH: Schema = {
    "pattern": r"^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$",
    "title": "a resource such as limits.memory or requests.cpu",
}
# Minute, hour, day, month, day of the week. Sunday is 0 and never 7 for the server.
_FIELDS = (
    "[0-5]?[0-9]",
    "([01]?[0-9]|2[0-3])",
    "(0?[1-9]|[12][0-9]|3[01])",
    "(0?[1-9]|1[0-2]|[A-Za-z]{3})",
    "([0-6]|[A-Za-z]{3})",
)


def _times(one: str) -> str:
    """A field of a schedule: numbers, ranges and steps, several of them with commas."""
    part = rf"([*?]|{one}(-{one})?)(/[0-9]+)?"
    return f"{part}(,{part})*"


CORE: dict[str, Schema] = {
    "Container": {
        **below(
            name=LABEL,
            image=GIVEN,
            imagePullPolicy=one_of("Always", "IfNotPresent", "Never"),
            terminationMessagePolicy=one_of("File", "FallbackToLogsOnError"),
            livenessProbe=_SUCCEEDS_ONCE,
            startupProbe=_SUCCEEDS_ONCE,
        ),
        "required": ["image"],
    },
    "ContainerPort": below(containerPort=PORT, hostPort=PORT_OR_NONE, name=PORT_NAME, protocol=_PROTOCOL),
    "EnvVar": {
        **below(name={"pattern": r"^[^=]+$", "title": "a name without '='"}),
        "not": {"required": ["value", "valueFrom"], "properties": {"value": {"minLength": 1}}},
    },
    "EnvVarSource": {
        **exactly_one("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"),
        **below(fieldRef=below(fieldPath=_FIELD_PATH), resourceFieldRef=below(resource=_RESOURCE_PATH)),
    },
    "GRPCAction": below(port=PORT),
    "HTTPGetAction": below(port=PORT_OR_NAME, scheme=one_of("HTTP", "HTTPS")),
    "TCPSocketAction": below(port=PORT_OR_NAME),
    "LifecycleHandler": exactly_one("exec", "httpGet", "sleep", "tcpSocket"),
    "Probe": {
        **below(
            failureThreshold=COUNT,
            initialDelaySeconds=COUNT,
            periodSeconds=COUNT,
            successThreshold=COUNT,
            timeoutSeconds=COUNT,
        ),
        **_HANDLED,
    },
    "ResourceRequirements": below(limits=RESOURCES, requests=RESOURCES),
    "SecurityContext": {
        **below(**_IDS),
        **when("privileged", (True,), below(allowPrivilegeEscalation={"enum": [True, None]})),
    },
    "PodSecurityContext": below(
        **_IDS, fsGroup=USER, supplementalGroups=each(USER), fsGroupChangePolicy=one_of("Always", "OnRootMismatch")
    ),
    "SeccompProfile": below(type=one_of("Localhost", "RuntimeDefault", "Unconfined")),
    "VolumeMount": below(mountPath=GIVEN, subPath=RELATIVE),
    "KeyToPath": below(path=RELATIVE, mode=MODE),
    "ConfigMapVolumeSource": below(defaultMode=MODE),
    "SecretVolumeSource": below(defaultMode=MODE),
    "ProjectedVolumeSource": below(defaultMode=MODE),
    "DownwardAPIVolumeSource": below(defaultMode=MODE),
    "HostPathVolumeSource": below(path=NOT_UPWARDS),
    "NFSVolumeSource": below(path=ABSOLUTE, server=GIVEN),
    "Volume": {**below(name=LABEL), "maxProperties": 2},
    "HostAlias": below(ip=ADDRESS),
    "Toleration": {
        **below(
            operator=one_of("Exists", "Equal", "Lt", "Gt"), effect=one_of("NoSchedule", "PreferNoSchedule", "NoExecute")
        ),
        **when("operator", ("Exists",), below(value={"maxLength": 0})),
    },
    "TopologySpreadConstraint": below(
        maxSkew={"minimum": 1}, topologyKey=GIVEN, whenUnsatisfiable=one_of("DoNotSchedule", "ScheduleAnyway")
    ),
    "PodAffinityTerm": below(topologyKey=GIVEN),
    "PodSpec": {
        **below(
            containers=SOME,
            initContainers=each(_ENDS),
            restartPolicy=one_of("Always", "OnFailure", "Never"),
            dnsPolicy=one_of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
            serviceAccountName=SUBDOMAIN,
            nodeSelector={"additionalProperties": LABEL_VALUE},
        ),
        **when("dnsPolicy", ("None",), {"required": ["dnsConfig"]}),
    },
}

APPS: dict[str, Schema] = {
    "DeploymentSpec": below(replicas=COUNT, template=_RUNS_ON, **_ROLLS),
    "DaemonSetSpec": below(template=_RUNS_ON, **_ROLLS),
    "StatefulSetSpec": below(
        replicas=COUNT,
        template=_RUNS_ON,
        podManagementPolicy=one_of("OrderedReady", "Parallel"),
        serviceName=LABEL,
        **_ROLLS,
    ),
    "DeploymentStrategy": {
        **below(type=one_of("Recreate", "RollingUpdate")),
        **when("type", ("Recreate",), without("rollingUpdate")),
    },
    "RollingUpdateDeployment": {
        **below(maxSurge=SHARE, maxUnavailable=SHARE),
        "not": {
            "required": ["maxSurge", "maxUnavailable"],
            **below(maxSurge={"enum": [0, "0%"]}, maxUnavailable={"enum": [0, "0%"]}),
            "title": "are both zero, so nothing could ever be replaced",
        },
    },
    "RollingUpdateDaemonSet": {
        **below(maxSurge=SHARE, maxUnavailable=SHARE),
        "not": {
            "required": ["maxSurge", "maxUnavailable"],
            **below(
                maxSurge={"not": {"enum": [0, "0%"]}},
                maxUnavailable={"not": {"enum": [0, "0%"]}},
            ),
        },
    },
    "DaemonSetUpdateStrategy": below(type=one_of("OnDelete", "RollingUpdate")),
    "StatefulSetUpdateStrategy": below(type=one_of("OnDelete", "RollingUpdate")),
}

BATCH: dict[str, Schema] = {
    "CronJobSpec": below(
        schedule={
            "pattern": rf"^(@[a-z]+|@every .+|{' +'.join(map(_times, _FIELDS))})$",
            "title": "a schedule of five fields, or one such as @daily",
        },
        concurrencyPolicy=one_of("Allow", "Forbid", "Replace"),
        startingDeadlineSeconds=COUNT,
        successfulJobsHistoryLimit=COUNT,
        failedJobsHistoryLimit=COUNT,
    ),
    "JobSpec": below(
        backoffLimit=COUNT,
        activeDeadlineSeconds=COUNT,
        parallelism=COUNT,
        completions=COUNT,
        template=below(spec={**below(restartPolicy=one_of("OnFailure", "Never")), "required": ["restartPolicy"]}),
    ),
}
