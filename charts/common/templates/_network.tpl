{{- /*
The Service of a component. What is not meant for the scraper (`-lb`, `-headless`) carries the
label chartroom/service, which monitors leave out.
*/ -}}
{{- define "common.kind.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "common.meta" . | nindent 2 }}
spec:
  type: {{ .body.type }}
  {{- if .body.headless }}
  clusterIP: None
  publishNotReadyAddresses: true
  {{- end }}
  {{- with .body.externalTrafficPolicy }}
  externalTrafficPolicy: {{ . }}
  allocateLoadBalancerNodePorts: false
  {{- end }}
  selector:
    {{- include "common.meta.selector" . | nindent 4 }}
  {{- with .body.ports }}
  ports:
    {{- range . }}
    - name: {{ quote .name }}
      port: {{ toJson .port }}
      protocol: {{ .protocol }}
      targetPort: {{ quote .targetPort }}
    {{- end }}
  {{- end }}
{{- end -}}
