"""kubernetes-validate itself on the same objects: whole ones, and hundreds with something broken."""

import random
from copy import deepcopy
from typing import Any

import pytest

from generator.schema import Validator, read_manifests
from tests.schema.agreement import difference

OBJECTS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: sonarr, namespace: media, labels: {app.kubernetes.io/name: sonarr}}
spec:
  replicas: 1
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}
  selector: {matchLabels: {app.kubernetes.io/name: sonarr}}
  template:
    metadata: {labels: {app.kubernetes.io/name: sonarr}, annotations: {checksum: abc}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsUser: 1000, fsGroup: 1000, seccompProfile: {type: RuntimeDefault}}
      initContainers: [{name: wait, image: "docker.io/a/b:1", restartPolicy: Always}]
      containers:
      - name: main
        image: ghcr.io/home-operations/sonarr:4
        args: [--port, "8989"]
        env: [{name: TZ, value: UTC}, {name: KEY, valueFrom: {secretKeyRef: {name: sonarr, key: KEY}}}]
        ports: [{name: http, containerPort: 8989, protocol: TCP}]
        livenessProbe: {httpGet: {path: /ping, port: http}, periodSeconds: 10}
        resources: {requests: {cpu: 50m, memory: 384Mi}, limits: {memory: 2Gi}}
        securityContext: {capabilities: {drop: [ALL]}, readOnlyRootFilesystem: true}
        volumeMounts: [{name: config, mountPath: /config, readOnly: true}]
      volumes: [{name: config, persistentVolumeClaim: {claimName: sonarr}}, {name: tmp, emptyDir: {sizeLimit: 1Gi}}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: recyclarr, namespace: media}
spec:
  schedule: "0 0 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
      template: {spec: {restartPolicy: Never, containers: [{name: main, image: "a/b:1"}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: sonarr, namespace: media}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: sonarr}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {a: b}}}], ports: [{port: 8989, protocol: TCP}]}]
  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}], ports: [{port: 90, endPort: 99}]}]
---
apiVersion: v1
kind: Service
metadata: {name: sonarr, namespace: media}
spec: {type: ClusterIP, selector: {a: b}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: sonarr, namespace: media}
spec: {accessModes: [ReadWriteOnce], storageClassName: longhorn, resources: {requests: {storage: 5Gi}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: sonarr, namespace: media}
spec: {maxUnavailable: 1, selector: {matchLabels: {a: b}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: sonarr, namespace: media}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: sonarr}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: sonarr, namespace: media}
data: {a: b}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: longhorn}
provisioner: driver.longhorn.io
allowVolumeExpansion: true
parameters: {numberOfReplicas: "2"}
"""
WHOLE = [manifest.object for manifest in read_manifests(OBJECTS).manifests]
WRONG: list[Any] = [None, True, 7, 1.5, "7", "text", [], {}, ["a"], {"a": "b"}, [{"name": "a"}], [None]]
VERSIONS = ["1.34", "1.35", "1.36", "1.37"]
MUTANTS_PER_VERSION = 80


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in an object as its holder and the key or index within it."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [place for key, held in inner for place in [(value, key), *places(held)]]


def mutant(seed: int) -> dict[str, Any]:
    """Return a whole object with one thing changed; what it says it is stays."""
    chance = random.Random(seed)
    object_: dict[str, Any] = deepcopy(chance.choice(WHOLE))
    identity = {"apiVersion", "kind"}
    holder, key = chance.choice([place for place in places(object_) if place[1] not in identity])
    match chance.choice(["wrong", "wrong", "wrong", "drop", "rename", "add"]):
        case "wrong":
            holder[key] = deepcopy(chance.choice(WRONG))
        case "drop":
            del holder[key]
        case "rename" if isinstance(key, str):
            holder[f"{key}s"] = holder.pop(key)
        case _:
            target = holder if isinstance(holder, dict) else object_
            target["chartroom"] = deepcopy(chance.choice(WRONG))
    return object_


@pytest.mark.parametrize("version", VERSIONS)
def test_whole_objects_are_taken_by_both(version: str) -> None:
    validator = Validator(version)
    assert [(object_["kind"], validator.check(object_)) for object_ in WHOLE if validator.check(object_)] == []
    assert [said for object_ in WHOLE if (said := difference(object_, validator))] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_mutants_are_judged_alike(version: str) -> None:
    validator = Validator(version)
    start = VERSIONS.index(version) * MUTANTS_PER_VERSION
    mutants = [mutant(seed) for seed in range(start, start + MUTANTS_PER_VERSION)]
    assert {seed: said for seed, object_ in enumerate(mutants, start) if (said := difference(object_, validator))} == {}
    refused = [object_ for object_ in mutants if validator.check(object_)]
    assert len(refused) > MUTANTS_PER_VERSION // 2
