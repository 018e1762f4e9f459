{{- /*
The probes of a container. The two usual handlers are printed here, the others pass through, on one line:
toYaml leaves the texts `=` and `<<` of a command plain, which other readers take for something else.
*/ -}}
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
  {{- range $key, $value := omit . "httpGet" "tcpSocket" }}
  {{ $key }}: {{ toRawJson $value }}
  {{- end }}
{{- end }}
{{- end -}}
