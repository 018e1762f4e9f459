{{- /* Where traffic from outside arrives, and the certificates that it is met with. */ -}}
{{- define "common.kind.gateway" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  gatewayClassName: {{ quote .body.class }}
  listeners:
    {{- range .body.listeners }}
    - name: {{ quote .name }}
      hostname: {{ quote .host }}
      port: {{ toJson .port }}
      protocol: HTTPS
      tls:
        mode: Terminate
        certificateRefs:
          - group: ""
            kind: Secret
            name: {{ quote .secret }}
      allowedRoutes:
        namespaces:
          from: All
    {{- end }}
{{- end -}}

{{- define "common.kind.certificate" -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  secretName: {{ .object }}
  dnsNames: {{ toJson .body.hosts }}
  issuerRef:
    group: cert-manager.io
    kind: ClusterIssuer
    name: {{ quote .body.issuer }}
  privateKey:
    algorithm: ECDSA
    rotationPolicy: Always
{{- end -}}

{{- define "common.kind.clusterissuer" -}}
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
spec:
  acme:
    server: {{ quote .body.server }}
    email: {{ quote .body.email }}
    privateKeySecretRef:
      name: {{ .object }}
    solvers:
      {{- include "common.yaml" .body.solvers | nindent 6 }}
{{- end -}}
