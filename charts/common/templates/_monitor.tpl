{{- /* What Prometheus reads. The job is the name of the service. */ -}}
{{- define "common.kind.servicemonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels:
      {{- include "common.meta.selector" . | nindent 6 }}
    matchExpressions:
      - key: chartroom/service
        operator: DoesNotExist
  endpoints:
    {{- include "common.yaml" .body.endpoints | nindent 4 }}
{{- end -}}

{{- define "common.kind.podmonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  jobLabel: app.kubernetes.io/name
  selector:
    {{- include "common.meta.pods" . | nindent 4 }}
  podMetricsEndpoints:
    {{- include "common.yaml" .body.endpoints | nindent 4 }}
{{- end -}}

{{- /* What has no metrics is asked from outside, by the blackbox exporter. */ -}}
{{- define "common.kind.probe" -}}
apiVersion: monitoring.coreos.com/v1
kind: Probe
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  jobName: {{ .name }}
  interval: {{ quote .body.interval }}
  module: {{ .body.module }}
  prober:
    url: {{ quote .body.prober }}
  targets:
    staticConfig:
      static:
        - {{ quote .body.target }}
{{- end -}}
