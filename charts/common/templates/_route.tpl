{{- /* How a host leads to a Service. What the server would add is written out. */ -}}
{{- define "common.kind.httproute" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  parentRefs:
    {{- range .body.gateways }}
    - group: gateway.networking.k8s.io
      kind: Gateway
      name: {{ quote .name }}
      namespace: {{ .namespace }}
      sectionName: {{ quote .section }}
    {{- end }}
  hostnames:
    - {{ quote .body.host }}
  rules:
    {{- range .body.paths }}
    - matches:
        - path:
            type: PathPrefix
            value: {{ quote .path }}
      backendRefs:
        - group: ""
          kind: Service
          name: {{ quote .service }}
          port: {{ toJson .port }}
          weight: 1
      {{- with .timeouts }}
      timeouts:
        {{- include "common.yaml" . | nindent 8 }}
      {{- end }}
    {{- end }}
{{- end -}}

{{- define "common.kind.ingress" -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  ingressClassName: {{ quote .body.class }}
  rules:
    - host: {{ quote .body.host }}
      http:
        paths:
          {{- range .body.paths }}
          - path: {{ quote .path }}
            pathType: Prefix
            backend:
              service:
                name: {{ quote .service }}
                port:
                  number: {{ toJson .port }}
          {{- end }}
  {{- with .body.secretName }}
  tls:
    - hosts:
        - {{ quote $.body.host }}
      secretName: {{ quote . }}
  {{- end }}
{{- end -}}

{{- /* The gateway speaks TLS to the pod, and checks its certificate against the system's authorities. */ -}}
{{- define "common.kind.backendtlspolicy" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  targetRefs:
    - group: ""
      kind: Service
      name: {{ quote .body.service }}
      sectionName: {{ quote .body.port }}
  validation:
    hostname: {{ quote .body.host }}
    wellKnownCACertificates: System
{{- end -}}
