{{- /* Workloads that run on. The budget of disruptions comes only where replicas > 1: over one it would block every drain. */ -}}
{{- define "common.kind.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  replicas: {{ toJson .body.replicas }}
  revisionHistoryLimit: 3
  {{- with .body.progressDeadlineSeconds }}
  progressDeadlineSeconds: {{ toJson . }}
  {{- end }}
  strategy:
    {{- include "common.workload.strategy" .body.strategy | nindent 4 }}
  selector:
    matchLabels:
      {{- include "common.meta.selector" . | nindent 6 }}
  template:
    {{- include "common.pod" . | nindent 4 }}
{{- end -}}

{{- /* Parallel from the first release on: the field is immutable, and OrderedReady never replaces a broken pod. */ -}}
{{- define "common.kind.statefulset" -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  replicas: {{ toJson .body.replicas }}
  revisionHistoryLimit: 3
  serviceName: {{ .body.serviceName }}
  podManagementPolicy: Parallel
  updateStrategy:
    {{- include "common.workload.strategy" .body.strategy | nindent 4 }}
  selector:
    matchLabels:
      {{- include "common.meta.selector" . | nindent 6 }}
  template:
    {{- include "common.pod" . | nindent 4 }}
  {{- with .body.volumeClaimTemplates }}
  volumeClaimTemplates:
    {{- range . }}
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: {{ quote .name }}
      spec:
        {{- include "common.yaml" .spec | nindent 8 }}
    {{- end }}
  {{- end }}
{{- end -}}

{{- define "common.kind.daemonset" -}}
apiVersion: apps/v1
kind: DaemonSet
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  revisionHistoryLimit: 3
  updateStrategy:
    {{- include "common.workload.strategy" .body.strategy | nindent 4 }}
  selector:
    matchLabels:
      {{- include "common.meta.selector" . | nindent 6 }}
  template:
    {{- include "common.pod" . | nindent 4 }}
{{- end -}}

{{- define "common.kind.poddisruptionbudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "common.meta.selector" . | nindent 6 }}
  unhealthyPodEvictionPolicy: AlwaysAllow
{{- end -}}

{{- define "common.workload.strategy" -}}
type: {{ .type }}
{{- with .rollingUpdate }}
rollingUpdate: {{ toJson . }}
{{- end }}
{{- end -}}
