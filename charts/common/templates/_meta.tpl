{{- /*
Names, labels and selectors. Every template takes the dict that common.service builds:
"values" of the chart, "name" of the service, "service", "object" (its name) and "body".
Names are printed bare: Python refuses those that a YAML reader could take for something else.
*/ -}}
{{- define "common.meta" -}}
name: {{ .object }}
namespace: {{ with .body.namespace }}{{ . }}{{ else }}{{ .service.namespace }}{{ end }}
{{ include "common.meta.marks" . }}
{{- end -}}

{{- /* Cluster-scoped kinds have no namespace. */ -}}
{{- define "common.meta.cluster" -}}
name: {{ .object }}
{{ include "common.meta.marks" . }}
{{- end -}}

{{- define "common.meta.marks" -}}
labels:
  {{- include "common.meta.labels" . | nindent 2 }}
{{- with .body.annotations }}
annotations:
  {{- range $key, $text := . }}
  {{ quote $key }}: {{ quote $text }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "common.meta.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .values.domain }}
{{- with .body.component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/part-of: {{ .values.domain }}
app.kubernetes.io/managed-by: chartroom
chartroom/tier: {{ .values.tier }}
{{- with .service.category }}
chartroom/category: {{ . }}
{{- end }}
{{- range $key, $text := .body.labels }}
{{ quote $key }}: {{ quote $text }}
{{- end }}
{{- end -}}

{{- /* Frozen for good: the API server refuses another selector. Neither versions nor user labels stand here. */ -}}
{{- define "common.meta.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .values.domain }}
app.kubernetes.io/component: {{ .body.component }}
{{- end -}}

{{- /* The pods of a policy: those of the component, unless the body names labels; an empty map is every pod. */ -}}
{{- define "common.meta.pods" -}}
{{- if not (hasKey .body "pods") -}}
matchLabels:
  {{- include "common.meta.selector" . | nindent 2 }}
{{- else if .body.pods -}}
matchLabels:
  {{- include "common.yaml" .body.pods | nindent 2 }}
{{- else -}}
{}
{{- end }}
{{- end -}}
