{{- /*
Prints every object of one service: the entry of the library.

Takes: dict "root" $ "name" <service> "service" <its values>.
`objects` maps kind and name to a body, `raw` holds manifests as they stand, and an entry
<Kind_name> of `patched` is printed in place of the object of that name.
*/ -}}
{{- define "common.service" -}}
{{- $values := .root.Values }}
{{- $name := .name }}
{{- $service := .service }}
{{- $patched := dict }}
{{- with .service.patched }}
{{- $patched = . }}
{{- end }}
{{- range $kind, $objects := .service.objects }}
{{- range $object, $body := $objects }}
{{- if not (hasKey $patched (printf "%s_%s" $kind $object)) }}
---
{{ include (printf "common.kind.%s" (lower $kind)) (dict "values" $values "name" $name "service" $service "object" $object "body" $body) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $key, $manifest := .service.raw }}
{{- if not (hasKey $patched (replace "/" "_" $key)) }}
---
{{ include "common.yaml" $manifest }}
{{- end }}
{{- end }}
{{- range $patched }}
---
{{ include "common.yaml" . }}
{{- end }}
{{- end -}}
