{{- /* One container, below its name. Takes its values, finished but for common.defaults. */ -}}
{{- define "common.container" -}}
image: {{ quote .image }}
{{- with .restartPolicy }}
restartPolicy: {{ . }}
{{- end }}
{{- with .command }}
command: {{ toRawJson . }}
{{- end }}
{{- with .args }}
args: {{ toRawJson . }}
{{- end }}
{{- with .workingDir }}
workingDir: {{ quote . }}
{{- end }}
{{- with .ports }}
ports:
  {{- range . }}
  - name: {{ quote .name }}
    containerPort: {{ toJson .containerPort }}
    {{- with .hostPort }}
    hostPort: {{ toJson . }}
    {{- end }}
    protocol: {{ .protocol }}
  {{- end }}
{{- end }}
{{- with .env }}
env:
  {{- range . }}
  - name: {{ quote .name }}
    {{- if hasKey . "value" }}
    value: {{ quote .value }}
    {{- else if .secretKey }}
    valueFrom:
      secretKeyRef:
        name: {{ .secret }}
        key: {{ quote .secretKey }}
    {{- else }}
    valueFrom:
      {{- include "common.yaml" .valueFrom | nindent 6 }}
    {{- end }}
  {{- end }}
{{- end }}
{{- with .resources }}
resources:
  {{- range $side, $amounts := . }}
  {{ $side }}:
    {{- range $what, $amount := $amounts }}
    {{ $what }}: {{ quote $amount }}
    {{- end }}
  {{- end }}
{{- end }}
{{- include "common.container.probes" . }}
{{- with .lifecycle }}
lifecycle: {{ toRawJson . }}
{{- end }}
securityContext:
  {{- include "common.defaults.security" .securityContext | nindent 2 }}
{{- with .volumeMounts }}
volumeMounts:
  {{- range . }}
  - name: {{ quote .name }}
    mountPath: {{ quote .mountPath }}
    {{- with .subPath }}
    subPath: {{ quote . }}
    {{- end }}
    {{- if .readOnly }}
    readOnly: true
    {{- end }}
  {{- end }}
{{- end }}
{{- end -}}
