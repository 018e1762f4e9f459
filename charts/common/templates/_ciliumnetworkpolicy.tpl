{{- /*
What plain policies cannot name: entities and host names. Cilium learns the addresses of a name from
the answers that pass its DNS proxy, hence the look-ups beside them.
*/ -}}
{{- define "common.kind.ciliumnetworkpolicy" -}}
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  endpointSelector:
    {{- include "common.meta.pods" . | nindent 4 }}
  {{- with .body.ingress }}
  ingress:
    {{- range . }}
    - fromEntities: {{ toJson .entities }}
      {{- include "common.ciliumnetworkpolicy.ports" . | nindent 6 }}
    {{- end }}
  {{- end }}
  {{- with .body.egress }}
  egress:
    {{- range . }}
    {{- if .entities }}
    - toEntities: {{ toJson .entities }}
    {{- else if .hosts }}
    - toFQDNs:
        {{- range .hosts }}
        - {{ if contains "*" . }}matchPattern{{ else }}matchName{{ end }}: {{ quote . }}
        {{- end }}
    {{- else }}
    - toEndpoints:
        - matchLabels:
            {{- range $key, $text := .lookups }}
            k8s:{{ $key }}: {{ $text }}
            {{- end }}
    {{- end }}
      {{- include "common.ciliumnetworkpolicy.ports" . | nindent 6 }}
    {{- end }}
  {{- end }}
{{- end -}}

{{- /* Texts for Cilium, and "0" is every port. */ -}}
{{- define "common.ciliumnetworkpolicy.ports" -}}
toPorts:
  - ports:
      {{- range .ports }}
      - port: {{ quote .port }}
        protocol: {{ .protocol }}
      {{- end }}
    {{- if .lookups }}
    rules:
      dns:
        - matchPattern: "*"
    {{- end }}
{{- end -}}
