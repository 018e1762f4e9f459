{{- /* The probes of a container. The two usual handlers are printed here, the others pass through. */ -}}
{{- define "common.container.probes" -}}
{{- range $probe, $stated := .probes }}
{{ $probe }}:
  {{- with .httpGet }}
  httpGet:
    {{- range $key, $value := . }}
    {{ $key }}: {{ toRawJson $value }}
    {{- end }}
  {{- end }}
  {{- with .tcpSocket }}
  tcpSocket:
    port: {{ toJson .port }}
  {{- end }}
  {{- with pick . "exec" "grpc" }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- range $key, $value := omit . "httpGet" "tcpSocket" "exec" "grpc" }}
  {{ $key }}: {{ toJson $value }}
  {{- end }}
{{- end }}
{{- end -}}
