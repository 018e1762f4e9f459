{{- /*
The only door for secrets: External Secrets fills a Secret of the same name. What the server would
add is written out, so that nothing differs after an apply. There is no template for a Secret.
*/ -}}
{{- define "common.kind.externalsecret" -}}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  refreshInterval: {{ quote .body.refreshInterval }}
  secretStoreRef:
    kind: {{ quote .body.store.kind }}
    name: {{ quote .body.store.name }}
  target:
    name: {{ .object }}
    creationPolicy: Owner
    deletionPolicy: Retain
    {{- with .body.template }}
    template:
      {{- include "common.yaml" . | nindent 6 }}
    {{- end }}
  data:
    {{- range .body.data }}
    - secretKey: {{ quote .secretKey }}
      remoteRef:
        key: {{ quote .key }}
        {{- with .property }}
        property: {{ quote . }}
        {{- end }}
        conversionStrategy: Default
        decodingStrategy: None
        metadataPolicy: None
        nullBytePolicy: Ignore
    {{- end }}
{{- end -}}

{{- define "common.kind.clustersecretstore" -}}
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
spec:
  provider:
    {{- include "common.yaml" .body.provider | nindent 4 }}
{{- end -}}
