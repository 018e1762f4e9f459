{{- /* Both ends of the edges. No rule is no key: the API server counts a generation for every empty list it is sent. */ -}}
{{- define "common.kind.networkpolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  podSelector:
    {{- include "common.meta.pods" . | nindent 4 }}
  policyTypes:
    - Ingress
    - Egress
  {{- range $direction, $end := dict "ingress" "from" "egress" "to" }}
  {{- with index $.body $direction }}
  {{ $direction }}:
    {{- range . }}
    - {{ $end }}:
        {{- range .peers }}
        {{- if .cidr }}
        - ipBlock:
            cidr: {{ .cidr }}
            {{- with .except }}
            except: {{ toJson . }}
            {{- end }}
        {{- else }}
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .namespace }}
          {{- with .pods }}
          podSelector:
            matchLabels:
              {{- range $key, $text := . }}
              {{ $key }}: {{ $text }}
              {{- end }}
          {{- end }}
        {{- end }}
        {{- end }}
      {{- with .ports }}
      ports:
        {{- range . }}
        - protocol: {{ .protocol }}
          {{- with .port }}
          port: {{ toJson . }}
          {{- end }}
        {{- end }}
      {{- end }}
    {{- end }}
  {{- end }}
  {{- end }}
{{- end -}}
