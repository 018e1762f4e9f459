{{- /* Files that containers mount, and dashboards. */ -}}
{{- define "common.kind.configmap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "common.meta" . | nindent 2 }}
data:
  {{- toYaml .body.data | nindent 2 }}
{{- end -}}
