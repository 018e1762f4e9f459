{{- /*
Prints a mapping or a list as toYaml does. toYaml leaves the texts `=` and `<<` plain, which YAML 1.1 takes for
a value tag and for a merge key: where one stands, as a key or as a value, each entry is printed as JSON.
*/ -}}
{{- define "common.yaml" -}}
{{- if not (regexMatch "\"(=|<<)\"" (toRawJson .)) -}}
{{ toYaml . }}
{{- else if kindIs "slice" . -}}
{{- range . }}
- {{ toRawJson . }}
{{- end }}
{{- else -}}
{{- range $key, $value := . }}
{{ toRawJson $key }}: {{ toRawJson $value }}
{{- end }}
{{- end }}
{{- end -}}
