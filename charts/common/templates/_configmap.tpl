{{- /*
Files that containers mount, and dashboards. The texts stand before the metadata: Helm cuts the line
ends off the end of a document, and the last file's would be among them.
*/ -}}
{{- define "common.kind.configmap" -}}
apiVersion: v1
kind: ConfigMap
data:
  {{- include "common.yaml" .body.data | nindent 2 }}
metadata:
  {{- include "common.meta" . | nindent 2 }}
{{- end -}}
